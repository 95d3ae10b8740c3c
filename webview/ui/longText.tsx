import { useState } from 'preact/hooks';
import { TextButton } from './controls';
import { formatSize } from './format';
import { withVisibleControls } from './jsonShape';
import { useHost } from './host';
import { Markdown } from './markdown';

/** Characters shown before the reader asks for more, and the most a page shows at all. */
export const firstCut = 4000;
const lastCut = 400_000;

interface LongTextProps {
  readonly text: string;
  readonly title: string;
  /** Render as markdown rather than as it came. */
  readonly markdown?: boolean;
  readonly class?: string;
}

/** Text of any length: long text is cut, with its size and a way to see more. */
export function LongText({ text, title, markdown, class: extra }: LongTextProps) {
  const [limit, setLimit] = useState(firstCut);
  const host = useHost();
  const cut = cutText(text, limit);
  const shown = withVisibleControls(cut);
  const language = markdown ? 'markdown' : 'plaintext';
  return (
    <div class={`long-text ${extra ?? ''}`} dir="auto">
      {markdown ? <Markdown text={shown} /> : <div class="plain-text">{shown}</div>}
      {cut.length < text.length && (
        <div class="long-text-more" dir="ltr">
          <span class="dim">
            {formatSize(cut.length)} of {formatSize(text.length)}
          </span>
          {limit < lastCut && (
            <TextButton onClick={() => setLimit(limit * 10)}>
              {text.length <= limit * 10 ? 'Show all' : 'Show more'}
            </TextButton>
          )}
          <TextButton onClick={() => void host.openText(title, language, text)}>
            Open in editor
          </TextButton>
        </div>
      )}
    </div>
  );
}

/** The beginning of a text, ended at a line where one ends nearby and never inside a character. */
export function cutText(text: string, limit: number): string {
  // A little more than the limit is not worth a click.
  if (text.length <= limit * 1.25) return text;
  const line = text.lastIndexOf('\n', limit);
  const end = line > limit * 0.6 ? line : limit;
  const last = text.charCodeAt(end - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end);
}
