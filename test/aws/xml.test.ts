import * as fc from "fast-check";
import { expect, test } from "vitest";
import { element, parseXml, textAt, xmlDocument, type XmlElement } from "./xml.ts";

const name = fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,8}$/);
/** Text that XML 1.0 allows, with many characters that must be escaped. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom("&", "<", ">", '"', "'", "\r", " "),
    fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 1 }),
    fc.constantFrom("\u00e4", "\u{1f600}"),
  ),
});

const tree = fc.letrec<{ element: XmlElement }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(name, text).map(([tag, content]) => element(tag, content)),
    fc.tuple(name, fc.array(tie("element"), { maxLength: 3 })).map(([tag, children]) => element(tag, children)),
  ),
})).element;

test("a written document parses to the same tree", () => {
  fc.assert(
    fc.property(tree, (root) => {
      expect(parseXml(xmlDocument(root, "urn:x"))).toEqual(root);
    }),
  );
});

test("a value keeps its white space, and its character references are resolved", () => {
  expect(textAt(parseXml("<A>\n  <B> x&#13;&amp;y </B>\n</A>"), "B")).toBe(" x\r&y ");
});

test.for(["", "hello", "<A>", "<A></B>", "<A/><B/>", '<!DOCTYPE A [<!ENTITY x "y">]><A>&x;</A>'])(
  "parseXml refuses %j",
  (bad) => expect(parseXml(bad)).toBeUndefined(),
);
