import { expect, test } from "vitest";
import { formatAddress, parseAddress } from "./address.ts";

test.each([":8080", "127.0.0.1:8080", "[::1]:8080", "localhost:8080", ":0"])("%s is a valid address", (text) => {
  const address = parseAddress(text);
  expect(address && formatAddress(address)).toBe(text);
});

test.each(["", "8080", ":", ":65536", ":-1", "::1:8080", "[::1]", "a b:1", "http://a:1", ":1x"])(
  "%j is not an address",
  (text) => {
    expect(parseAddress(text)).toBeUndefined();
  },
);
