import { useState } from 'preact/hooks';
import { TextButton } from './controls';
import { cutText } from './cutText';
import { formatSize } from '../../src/model/format';
import { withVisibleControls } from './jsonShape';
import { useHost } from './host';
import { Markdown } from './markdown';

/** Characters shown before the reader asks for more, and the most a page shows at all. */
const firstCut = 4000;
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
    <div class={`long-text ${extra ?? ''}`} dir="auto" lang="">
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
