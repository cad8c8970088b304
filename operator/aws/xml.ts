import { XMLBuilder, XMLParser } from "fast-xml-parser";

/**
 * A node of the parser: `{ Rule: [children] }`, with attributes below ":@"; `{ "#text": "a &amp; b" }` for text.
 * Text and attributes keep their entities, so that a copy needs no escaping.
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
  // The parser would rename "valueOf". Each node is an object of its own, so that its name hides nothing.
  onDangerousProperty: (name) => name,
});
const builder = new XMLBuilder({
  ...verbatim,
  suppressBooleanAttributes: false,
  suppressEmptyNode: true,
  // The builder writes double quotes.
  attributeValueProcessor: (_name, value) => String(value).replaceAll('"', "&quot;"),
});
const decoder = new XMLParser({ parseTagValue: false, trimValues: false, htmlEntities: true });

/** All nodes of a document, including its declaration. Throws if it is not well-formed. */
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

/** Text of an element without its child elements, with entities and CDATA decoded. */
export function textOf(element: XmlNode): string {
  const content = childrenOf(element).filter((node) => !isElement(node));
  const written = content.map((node) => node["#text"]);
  if (written.every((text) => typeof text === "string" && !text.includes("&"))) return written.join("");
  return String((decoder.parse(`<text>${buildXml(content)}</text>`) as { text: unknown }).text);
}
