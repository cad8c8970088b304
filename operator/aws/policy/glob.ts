/**
 * Whether `text` matches an IAM pattern: `*` stands for any characters, `?` for one. Not a regular expression, whose
 * run time is exponential for a pattern with many stars.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function globMatches(pattern: string, text: string): boolean {
  let [inPattern, inText, star, retryFrom] = [0, 0, -1, 0];
  while (inText < text.length) {
    if (pattern[inPattern] === "*") {
      star = inPattern;
      retryFrom = inText;
      inPattern += 1;
    } else if (pattern[inPattern] === "?" || pattern[inPattern] === text[inText]) {
      inPattern += 1;
      inText += 1;
    } else if (star >= 0) {
      // The last star matches one character more.
      retryFrom += 1;
      inText = retryFrom;
      inPattern = star + 1;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(inPattern));
}
