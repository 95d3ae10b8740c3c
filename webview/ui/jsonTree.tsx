import { useState } from 'preact/hooks';
import type { Json } from '../../src/model/value';
import { TextButton } from './controls';
import { formatExact, formatSize } from '../../src/model/format';
import { useHost } from './host';
import { Icon } from './icon';
import {
  childrenOf,
  isComposite,
  isList,
  openLevels,
  parseComposite,
  previewOf,
  sizeOf,
  toText,
  withVisibleControls,
  type Composite,
} from './jsonShape';

const pageSize = 100;
const stringCut = 400;
const stringLimit = 200_000;

interface LineProps {
  readonly name: string | undefined;
  /** False for a place in a list. */
  readonly quoted: boolean;
  /** Levels below that are open at first. */
  readonly levels: number;
}

interface JsonTreeProps {
  readonly value: Json;
  /** At most about this many lines are open at first. */
  readonly lines?: number;
}

/** A JSON value as a tree of foldable lines. */
export function JsonTree({ value, lines = 60 }: JsonTreeProps) {
  const levels = Math.max(1, openLevels(value, lines));
  return (
    <div class="json">
      {isComposite(value) && sizeOf(value) > 0 ? (
        <Children value={value} levels={levels - 1} />
      ) : (
        <JsonLine value={value} name={undefined} quoted={false} levels={levels} />
      )}
    </div>
  );
}

function JsonLine({ value, ...line }: LineProps & { readonly value: Json }) {
  return isComposite(value) ? (
    <CompositeLine value={value} {...line} />
  ) : (
    <ScalarLine value={value} {...line} />
  );
}

function CompositeLine({ value, name, quoted, levels }: LineProps & { readonly value: Composite }) {
  const [open, setOpen] = useState(levels > 0);
  const size = sizeOf(value);
  const unit = isList(value) ? (size === 1 ? 'item' : 'items') : size === 1 ? 'key' : 'keys';
  return (
    <div class="json-node">
      <div class="json-line">
        <button
          type="button"
          class="json-button"
          aria-expanded={open}
          disabled={size === 0}
          onClick={() => setOpen(!open)}
        >
          <Icon
            name={open ? 'chevron-down' : 'chevron-right'}
            class={size === 0 ? 'hidden-icon' : ''}
          />
          <Key name={name} quoted={quoted} />
          {open && size > 0 ? (
            <span class="dim">
              {isList(value) ? '[ ]' : '{ }'} {formatExact(size)} {unit}
            </span>
          ) : (
            <>
              {size > 8 && (
                <span class="dim">
                  {formatExact(size)} {unit}
                </span>
              )}
              <span class="json-preview">{previewOf(value)}</span>
            </>
          )}
        </button>
        <LineCopy value={value} />
      </div>
      {open && size > 0 && <Children value={value} levels={levels - 1} />}
    </div>
  );
}

function Children({ value, levels }: { readonly value: Composite; readonly levels: number }) {
  const [limit, setLimit] = useState(pageSize);
  const children = childrenOf(value);
  const rest = children.length - limit;
  return (
    <div class="json-children">
      {children.slice(0, limit).map(([key, child]) => (
        <JsonLine key={key} value={child} name={key} quoted={!isList(value)} levels={levels} />
      ))}
      {rest > 0 && (
        <TextButton class="json-more" onClick={() => setLimit(limit + 10 * pageSize)}>
          Show {formatExact(Math.min(rest, 10 * pageSize))} more of {formatExact(children.length)}
        </TextButton>
      )}
    </div>
  );
}

type Scalar = Exclude<Json, Composite>;

function ScalarLine({ value, name, quoted }: LineProps & { readonly value: Scalar }) {
  const type = value === null ? 'null' : typeof value;
  return (
    <div class="json-line json-leaf">
      <Key name={name} quoted={quoted} />
      {typeof value === 'string' ? (
        <StringValue text={value} />
      ) : (
        <span class={`json-${type}`}>{String(value)}</span>
      )}
      <LineCopy value={value} />
    </div>
  );
}

/** A string may itself hold JSON, as tool arguments often do; then it opens as a tree. */
function StringValue({ text }: { readonly text: string }) {
  const [shown, setShown] = useState(stringCut);
  const [parsed, setParsed] = useState<Composite>();
  const host = useHost();
  if (parsed) return <JsonTree value={parsed} />;
  const cut = text.length > shown * 1.25 ? text.slice(0, shown) : text;
  const inner = /^\s*[[{]/.test(text) && text.length < 2_000_000;
  return (
    <span class="json-string" dir="auto">
      {withVisibleControls(cut)}
      {cut.length < text.length && <span class="dim">… {formatSize(text.length)} </span>}
      {cut.length < text.length && shown < stringLimit && (
        <TextButton onClick={() => setShown(shown * 20)}>more</TextButton>
      )}
      {cut.length < text.length && (
        <TextButton onClick={() => void host.openText('value', 'plaintext', text)}>
          open in editor
        </TextButton>
      )}
      {inner && <ParseButton text={text} onParsed={setParsed} />}
    </span>
  );
}

interface ParseButtonProps {
  readonly text: string;
  readonly onParsed: (value: Composite) => void;
}

function ParseButton({ text, onParsed }: ParseButtonProps) {
  const [failed, setFailed] = useState(false);
  if (failed) return <span class="dim">not valid JSON</span>;
  const parse = () => {
    const value = parseComposite(text);
    if (value) onParsed(value);
    else setFailed(true);
  };
  return (
    <TextButton title="This string holds JSON: show it as a tree" onClick={parse}>
      as tree
    </TextButton>
  );
}

function Key({ name, quoted }: { readonly name: string | undefined; readonly quoted: boolean }) {
  if (name === undefined) return null;
  return (
    <span class={quoted ? 'json-key' : 'json-index'}>
      {name}
      <span class="json-colon">:</span>
    </span>
  );
}

function LineCopy({ value }: { readonly value: Json }) {
  const host = useHost();
  return (
    <TextButton
      class="line-copy"
      title="Copy this value"
      onClick={() => void host.copy(toText(value))}
    >
      <Icon name="copy" label="Copy this value" />
    </TextButton>
  );
}
