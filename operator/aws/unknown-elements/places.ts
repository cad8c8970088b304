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
import { hasOnlyKnown } from "./model.ts";

/** The unknown elements in an element and below it. */
export interface Unknown {
  elements: readonly XmlNode[];
  places: readonly Place[];
}

/** A known element that contains unknown ones, with what identifies it in another document. */
export interface Place extends Unknown {
  name: string;
  /** Text of its ID or Id. */
  id: string | undefined;
  /** See {@link identityOf}. */
  identity: string;
  /** It has no sibling with its name. */
  isOnly: boolean;
}

type Attributes = Readonly<Record<string, string>>;

type IsKnown = (path: string) => boolean;

/**
 * Undefined if the answer has only known elements, or is not XML, which the SDK reports.
 * @param known paths below the root, such as "/Rule/ID"
 */
export function unknownIn(answer: string, known: ReadonlySet<string>): Unknown | undefined {
  if (hasOnlyKnown(answer, known)) return undefined;
  const root = rootOf(answer);
  return root && unknownBelow(root, "", {}, (path) => known.has(path));
}

/** Undefined for an error, which can have status 200. */
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

/** Adds the unknown elements to a document, except those in an element that it no longer has. */
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
  // The SDK itself keeps an unknown member of a union.
  return withChildren(element, [...children, ...elements.filter((child) => !namesakes.has(nameOf(child)))]);
}

/** Distinguishes siblings: by id, or else by the content of known elements. */
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

/** Independent of the order of elements and of the two forms in which S3 and the SDK write dates. */
function contentOf(element: XmlNode, path: string, isKnown: IsKnown): string {
  const children = elementsOf(element).filter((child) => isKnown(pathOf(path, child)));
  if (children.length === 0) return JSON.stringify(textOf(element).replace(/\.000Z$/, "Z"));
  const contents = children.map((child) => `${nameOf(child)}(${contentOf(child, pathOf(path, child), isKnown)})`);
  return contents.sort().join();
}

/** Namespace prefixes, which an element needs when it is moved. */
function prefixesOf(element: XmlNode): Attributes {
  return Object.fromEntries(Object.entries(attributesOf(element)).filter(([name]) => name.startsWith("xmlns:")));
}
