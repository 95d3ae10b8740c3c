/** The beginning of a text, ended at a line where one ends nearby and never inside a character. */
export function cutText(text: string, limit: number): string {
  // A little more than the limit is not worth a click.
  if (text.length <= limit * 1.25) return text;
  const line = text.lastIndexOf('\n', limit);
  const end = line > limit * 0.6 ? line : limit;
  const last = text.charCodeAt(end - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end);
}
