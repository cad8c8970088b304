import { XMLBuilder, XMLParser } from "fast-xml-parser";

/**
 * A node as the parser has it: `{ Rule: [children] }`, with its attributes below ":@"; `{ "#text": "a &amp; b" }` for text.
 * Text and attributes stay as they were written, entities and all, so that what is copied needs no escaping.
 */
export type XmlNode = Readonly<Record<string, unknown>>;

const ATTRIBUTES = ":@";

const verbatim = {
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  cdataPropName: "#cdata",
  processEntities: false,
};
const parser = new XMLParser({
  ...verbatim,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // "valueOf" would get another name: here each node is an object of its own, and its name hides nothing.
  onDangerousProperty: (name) => name,
});
const builder = new XMLBuilder({
  ...verbatim,
  suppressBooleanAttributes: false,
  suppressEmptyNode: true,
  // Written in double quotes, whatever it was read in.
  attributeValueProcessor: (_name, value) => String(value).replaceAll('"', "&quot;"),
});
const decoder = new XMLParser({ parseTagValue: false, trimValues: false, htmlEntities: true });

/** The nodes of a document, its declaration among them. Throws when it is not well-formed. */
export function parseXml(text: string): XmlNode[] {
  return parser.parse(text, true) as XmlNode[];
}

export function buildXml(nodes: readonly XmlNode[]): string {
  return builder.build(nodes);
}

export function isElement(node: XmlNode): boolean {
  return !/^[#?]/.test(nameOf(node));
}

export function nameOf(node: XmlNode): string {
  return Object.keys(node).find((key) => key !== ATTRIBUTES) ?? "";
}

export function childrenOf(node: XmlNode): XmlNode[] {
  const content = node[nameOf(node)];
  return Array.isArray(content) ? (content as XmlNode[]) : [];
}

export function elementsOf(node: XmlNode): XmlNode[] {
  return childrenOf(node).filter(isElement);
}

export function attributesOf(node: XmlNode): Readonly<Record<string, string>> {
  return (node[ATTRIBUTES] ?? {}) as Record<string, string>;
}

export function withChildren(node: XmlNode, children: readonly XmlNode[]): XmlNode {
  return { ...node, [nameOf(node)]: children };
}

export function withAttributes(node: XmlNode, attributes: Readonly<Record<string, string>>): XmlNode {
  return Object.keys(attributes).length === 0 ? node : { ...node, [ATTRIBUTES]: attributes };
}

/** What an element says besides its child elements, with entities and CDATA decoded. */
export function textOf(element: XmlNode): string {
  const content = childrenOf(element).filter((node) => !isElement(node));
  const written = content.map((node) => node["#text"]);
  if (written.every((text) => typeof text === "string" && !text.includes("&"))) return written.join("");
  return String((decoder.parse(`<text>${buildXml(content)}</text>`) as { text: unknown }).text);
}
