import type { Role } from '../../src/model/observation';
import type { Json } from '../../src/model/value';
import { Fold } from '../ui/fold';
import { formatSize } from '../../src/model/format';
import { Icon } from '../ui/icon';
import { previewOf, isComposite, toText } from '../ui/jsonShape';
import { LongText } from '../ui/longText';
import { MediaView } from '../ui/media';
import { PartActions } from '../ui/partActions';
import { ValueView } from '../ui/value';
import { sizeOfBlock, type Block, type ToolResult, type Turn } from './joinMessages';
import { partText } from './messagesText';

const roleIcons: Readonly<Record<Role, string>> = {
  system: 'settings-gear',
  user: 'account',
  assistant: 'sparkle',
  tool: 'tools',
};

/** Lines of JSON a call shows of its arguments and of its result before more is asked for. */
const foldLines = 14;

/** System prompts longer than this are folded at first. */
const systemFold = 300;

interface TurnProps {
  readonly turn: Turn;
  /** Text as it came rather than as markdown. */
  readonly raw: boolean;
}

/** One message: who speaks, and what. */
export function TurnView({ turn, raw }: TurnProps) {
  const { role, name, blocks, answer } = turn;
  const size = blocks.reduce((sum, block) => sum + sizeOfBlock(block), 0);
  const title = `${role}${name ? ` (${name})` : ''}`;
  const part = {
    title: `${title} message`,
    language: 'markdown',
    text: () => blocks.map(blockText).join('\n\n'),
  };
  const body = () =>
    blocks.map((block, index) => <BlockView key={index} block={block} raw={raw} />);
  const classes = `turn role-${role}${answer ? ' answer' : ''}`;
  if (role === 'system' && size > systemFold) {
    return (
      <Fold
        class={classes}
        title={<RoleName role={role} name={name} />}
        note={formatSize(size)}
        preview={firstLine(blocks)}
        part={part}
      >
        {() => <div class="turn-body">{body()}</div>}
      </Fold>
    );
  }
  return (
    <article class={classes} aria-label={answer ? `${title}, the answer` : title}>
      <div class="turn-head">
        <RoleName role={role} name={name} />
        {answer && <span class="answer-badge">answer</span>}
        {size > 1000 && <span class="dim">{formatSize(size)}</span>}
        <PartActions part={part} />
      </div>
      <div class="turn-body">
        {body()}
        {blocks.length === 0 && <span class="dim">empty message</span>}
      </div>
    </article>
  );
}

function RoleName({ role, name }: { readonly role: Role; readonly name?: string }) {
  return (
    <>
      <Icon name={roleIcons[role]} class="role-icon" />
      <h3 class="role-name">
        {role}
        {name && <span class="dim"> {name.slice(0, 80)}</span>}
      </h3>
    </>
  );
}

function BlockView({ block, raw }: { readonly block: Block; readonly raw: boolean }) {
  if (block.type === 'call') return <CallView block={block} />;
  const { part } = block;
  switch (part.type) {
    case 'text':
      return <TextView text={part.text} raw={raw} />;
    case 'reasoning':
      return <ReasoningView text={part.text} raw={raw} />;
    case 'toolResult':
      return <ResultView result={part} />;
    case 'media':
      return <MediaView media={part} />;
    case 'raw':
      return <ValueView value={part.value} title="Part" />;
  }
}

function TextView({ text, raw }: { readonly text: string; readonly raw: boolean }) {
  if (text === '') return <span class="dim">empty text</span>;
  if (raw) return <LongText text={text} title="Message" />;
  return <ValueView value={text} title="Message" markdown />;
}

function ReasoningView({
  text,
  raw,
}: {
  readonly text: string | undefined;
  readonly raw: boolean;
}) {
  if (text === undefined || text === '') {
    return <p class="dim">Reasoning, hidden by the provider.</p>;
  }
  const part = { title: 'Reasoning', language: 'markdown', text: () => text };
  return (
    <Fold class="reasoning" title="Reasoning" note={formatSize(text.length)} part={part}>
      {() => <LongText text={text} title="Reasoning" markdown={!raw} />}
    </Fold>
  );
}

function CallView({ block }: { readonly block: Extract<Block, { type: 'call' }> }) {
  const { call, result } = block;
  const preview = argumentPreview(call.arguments);
  const part = {
    title: `Call of ${call.name.slice(0, 60)}`,
    language: 'markdown',
    text: () => blockText(block),
  };
  return (
    <Fold
      class={result?.isError ? 'call failed' : 'call'}
      title={
        <>
          <Icon name="tools" class="kind-tool" /> {call.name.slice(0, 200)}
        </>
      }
      note={preview}
      part={part}
      open
    >
      {() => (
        <>
          {!isComplete(preview) && (
            <ValueView
              value={call.arguments}
              title={`Arguments of ${call.name}`}
              lines={foldLines}
            />
          )}
          {result && <ResultView result={result} />}
        </>
      )}
    </Fold>
  );
}

/** False where the line shows only the beginning of the arguments. */
function isComplete(preview: string): boolean {
  return preview.length <= 40 && !preview.includes('…');
}

function argumentPreview(value: Json): string {
  return isComposite(value) ? previewOf(value, 80) : String(value).slice(0, 80);
}

function ResultView({ result }: { readonly result: ToolResult }) {
  const title = `${result.isError ? 'Error' : 'Result'}${result.name ? ` of ${result.name.slice(0, 60)}` : ''}`;
  const text = toText(result.result);
  return (
    <div class={result.isError ? 'result failed' : 'result'}>
      <div class="result-head">
        <Icon name={result.isError ? 'error' : 'arrow-small-right'} />
        <span>{result.isError ? 'Error' : 'Result'}</span>
        <span class="dim">{text.length > 1000 ? formatSize(text.length) : ''}</span>
        <PartActions
          part={{
            title,
            language: typeof result.result === 'string' ? 'plaintext' : 'json',
            text: () => text,
          }}
        />
      </div>
      <ValueView value={result.result} title={title} lines={foldLines} />
    </div>
  );
}

function firstLine(blocks: readonly Block[]): string {
  const [block] = blocks;
  return block ? (blockText(block).trimStart().split('\n', 1)[0] ?? '').slice(0, 120) : '';
}

function blockText(block: Block): string {
  if (block.type === 'part') return partText(block.part);
  const result = block.result ? `\n\n${partText(block.result)}` : '';
  return `${partText(block.call)}${result}`;
}
