/** XML as a plain tree, so that unknown elements are stored and returned unchanged. */

import { XMLParser } from "fast-xml-parser";

export interface XmlElement {
  name: string;
  children: XmlElement[];
  /** Character data of an element without children; "" otherwise. */
  text: string;
  /** Only for answers. Attributes of requests are not read. */
  attributes?: Record<string, string>;
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreDeclaration: true,
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
});

/** The root element; undefined if the text is not well-formed, has several roots or declares a document type. */
export function parseXml(text: string): XmlElement | undefined {
  if (text.includes("<!DOCTYPE")) return undefined;
  try {
    const roots = elementsOf(parser.parse(text, true));
    return roots.length === 1 ? roots[0] : undefined;
  } catch {
    return undefined;
  }
}

/** An element with children, or with text if `content` is a string. Undefined children are skipped. */
export function element(name: string, content: string | (XmlElement | undefined)[] = []): XmlElement {
  if (typeof content === "string") return { name, children: [], text: content };
  return { name, children: content.filter((child) => child !== undefined), text: "" };
}

export function child(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent?.children.find((candidate) => candidate.name === name);
}

export function childrenNamed(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((candidate) => candidate.name === name);
}

/** Text of the element at a path, such as `textAt(rule, "Filter", "Prefix")`; undefined if it does not exist. */
export function textAt(root: XmlElement | undefined, ...path: string[]): string | undefined {
  return path.reduce<XmlElement | undefined>(child, root)?.text;
}

/** The document as text, with its XML declaration and the namespace of its service. */
export function xmlDocument(root: XmlElement, namespace?: string): string {
  const attributes = { ...(namespace !== undefined && { xmlns: namespace }), ...root.attributes };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${serialize({ ...root, attributes })}`;
}

function serialize({ name, children, text, attributes = {} }: XmlElement): string {
  const content = children.length > 0 ? children.map(serialize).join("") : escape(text);
  const start = Object.entries(attributes).reduce((tag, [key, value]) => `${tag} ${key}="${escape(value)}"`, name);
  return content === "" ? `<${start}/>` : `<${start}>${content}</${name}>`;
}

function escape(text: string): string {
  if (!/[&<>"\r]/.test(text)) return text;
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\r", "&#13;");
}

function elementsOf(nodes: unknown): XmlElement[] {
  return asList(nodes).flatMap((node) =>
    Object.entries(node)
      .filter(([name]) => name !== "#text" && name !== ":@")
      .map(([name, content]) => toElement(name, content)),
  );
}

function toElement(name: string, content: unknown): XmlElement {
  const children = elementsOf(content);
  const text =
    children.length > 0
      ? ""
      : asList(content)
          .map((node) => node["#text"])
          .join("");
  return { name, children, text };
}

function asList(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}
