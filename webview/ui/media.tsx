import { useState } from 'preact/hooks';
import type { Part } from '../../src/model/observation';
import { TextButton } from './controls';
import { formatSize } from '../../src/model/format';
import { useHost } from './host';
import { Icon } from './icon';
import { isOpenable } from './markdown';

type Media = Extract<Part, { type: 'media' }>;

const shownFormats = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'];
/** Images above this many characters of base64 wait for a click. */
const waitLimit = 3_000_000;

/** An image or a file in a message. Only what the trace itself holds is ever shown. */
export function MediaView({ media }: { readonly media: Media }) {
  const host = useHost();
  const [asked, setAsked] = useState(false);
  const { mime, data, url } = media;
  if (data !== undefined && shownFormats.includes(mime)) {
    if (asked || data.length < waitLimit) {
      return (
        <img
          class="media-image"
          src={`data:${mime};base64,${data}`}
          alt={`${mime} in the message`}
        />
      );
    }
    return (
      <TextButton onClick={() => setAsked(true)}>
        Show the image ({mime}, {formatSize(data.length * 0.75)})
      </TextButton>
    );
  }
  return (
    <span class="media-file">
      <Icon name="file-media" />
      <span>{mime === '' ? 'file' : mime}</span>
      {data !== undefined && <span class="dim">{formatSize(Math.round(data.length * 0.75))}</span>}
      {url !== undefined && isOpenable(url) && (
        <TextButton
          title="Not loaded. Asks before it opens."
          onClick={() => void host.openLink(url)}
        >
          {url.length > 120 ? `${url.slice(0, 120)}…` : url}
        </TextButton>
      )}
      {url !== undefined && !isOpenable(url) && <span class="dim">{url.slice(0, 120)}</span>}
    </span>
  );
}
