import { hasOnlyKnown } from "./model.ts";
import {
  attributesOf,
  buildXml,
  childrenOf,
  elementsOf,
  isElement,
  nameOf,
  parseXml,
  textOf,
  withAttributes,
  withChildren,
  type XmlNode,
} from "../xml.ts";

/** The unknown elements in an element, and those further below it. */
export interface Unknown {
  elements: readonly XmlNode[];
  places: readonly Place[];
}

/** An element that has unknown ones, and of the known ones only what it takes to find it again. */
export interface Place extends Unknown {
  name: string;
  /** Text of its ID or Id, if it has one. */
  id: string | undefined;
  /** Tells it from its siblings; see {@link identityOf}. */
  identity: string;
  /** It has no sibling of its name. */
  isOnly: boolean;
}

type Attributes = Readonly<Record<string, string>>;

type IsKnown = (path: string) => boolean;

/**
 * Where an answer of S3 has elements that are not known; undefined where everything is, and where it is no XML, which the SDK will say.
 * Known are paths below the root, such as "/Rule/ID".
 */
export function unknownIn(answer: string, known: ReadonlySet<string>): Unknown | undefined {
  if (hasOnlyKnown(answer, known)) return undefined;
  const root = rootOf(answer);
  return root && unknownBelow(root, "", {}, (path) => known.has(path));
}

/** The answer to a GET may be an error, although its status is 200. */
function rootOf(answer: string): XmlNode | undefined {
  try {
    return parseXml(answer).find((node) => isElement(node) && nameOf(node) !== "Error");
  } catch {
    return undefined;
  }
}

function unknownBelow(element: XmlNode, path: string, above: Attributes, isKnown: IsKnown): Unknown | undefined {
  const prefixes = { ...above, ...prefixesOf(element) };
  const children = elementsOf(element);
  const known = children.filter((child) => isKnown(pathOf(path, child)));
  const unknown = children.filter((child) => !isKnown(pathOf(path, child)));
  const namesakes = Map.groupBy(known, nameOf);
  const places = known.flatMap((child) => {
    const [name, childPath] = [nameOf(child), pathOf(path, child)];
    const below = unknownBelow(child, childPath, prefixes, isKnown);
    if (below === undefined) return [];
    const identity = identityOf(child, childPath, isKnown);
    return [{ ...below, name, id: idOf(child), identity, isOnly: namesakes.get(name)?.length === 1 }];
  });
  if (unknown.length === 0 && places.length === 0) return undefined;
  const elements = unknown.map((child) => withAttributes(child, { ...prefixes, ...attributesOf(child) }));
  return { elements, places };
}

/** A document with the unknown elements back in their places; those whose place is gone are left out. */
export function withUnknown(document: string, unknown: Unknown): string {
  return buildXml(parseXml(document).map((node) => (isElement(node) ? putBack(node, unknown) : node)));
}

function putBack(element: XmlNode, { elements, places }: Unknown): XmlNode {
  const namesakes = Map.groupBy(elementsOf(element), nameOf);
  const byName = Map.groupBy(places, ({ name }) => name);
  const byIdentity = new Map(places.map((place) => [place.identity, place]));
  const placeFor = (child: XmlNode) => {
    const former = byName.get(nameOf(child));
    if (former === undefined) return undefined;
    const [only] = former;
    const isIt = only?.isOnly && namesakes.get(only.name)?.length === 1 && idOf(child) === undefined;
    return byIdentity.get(identityOf(child)) ?? (isIt ? only : undefined);
  };
  const children = childrenOf(element).map((child) => {
    const place = placeFor(child);
    return place ? putBack(child, place) : child;
  });
  // The SDK itself carries over the unknown member of a union.
  return withChildren(element, [...children, ...elements.filter((child) => !namesakes.has(nameOf(child)))]);
}

/** An entry is known by its id, and one that has none by what it says in known elements. */
function identityOf(element: XmlNode, path = "", isKnown: IsKnown = () => true): string {
  const id = idOf(element);
  return `${nameOf(element)} ${id === undefined ? contentOf(element, path, isKnown) : `id ${id}`}`;
}

function pathOf(parent: string, element: XmlNode): string {
  return `${parent}/${nameOf(element)}`;
}

function idOf(element: XmlNode): string | undefined {
  const id = elementsOf(element).find((child) => nameOf(child) === "ID" || nameOf(child) === "Id");
  return id && textOf(id);
}

/** The same in any order of elements, and for dates as S3 and as the SDK write them. */
function contentOf(element: XmlNode, path: string, isKnown: IsKnown): string {
  const children = elementsOf(element).filter((child) => isKnown(pathOf(path, child)));
  if (children.length === 0) return JSON.stringify(textOf(element).replace(/\.000Z$/, "Z"));
  const contents = children.map((child) => `${nameOf(child)}(${contentOf(child, pathOf(path, child), isKnown)})`);
  return contents.sort().join();
}

/** What its prefixes mean, which an element that is taken elsewhere must bring along. */
function prefixesOf(element: XmlNode): Attributes {
  return Object.fromEntries(Object.entries(attributesOf(element)).filter(([name]) => name.startsWith("xmlns:")));
}
