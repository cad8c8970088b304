import { expect, test } from "vitest";
import { hasOnlyKnown } from "./model.ts";

const KNOWN = new Set(["/Rule", "/Rule/ID", "/Rule/Filter"]);

test.each([
  "<C><Rule><ID>a</ID></Rule></C>",
  '<?xml version="1.0"?>\n<C xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule/></C>',
  '<C><Rule><Filter xmlns:xsi="a" xsi:type="b"/><ID>a</ID></Rule><Rule ><ID\n>b</ID></Rule></C>',
  "<C/>",
  "",
])("%s needs no parser, since all its elements are known", (xml) => {
  expect(hasOnlyKnown(xml, KNOWN)).toBe(true);
});

test.each([
  "<C><New/></C>",
  "<C><ID>a</ID></C>",
  "<C><Rule/><ID>a</ID></C>",
  "<C><Rule><ID>a</ID><New a='b'>c</New></Rule></C>",
  "<C><Rule><Rule/></Rule></C>",
  "<C><Rule><ID><![CDATA[<New/>]]></ID></Rule></C>",
])("%s needs one", (xml) => {
  expect(hasOnlyKnown(xml, KNOWN)).toBe(false);
});
