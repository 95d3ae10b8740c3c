import { useMemo, useState } from 'preact/hooks';
import type { Message, Observation } from '../../src/model/observation';
import { IconButton, TextButton } from '../ui/controls';
import { Empty } from '../ui/empty';
import { Fold } from '../ui/fold';
import { formatSize, plural } from '../../src/model/format';
import { toText } from '../ui/jsonShape';
import { PartActions, type PartText } from '../ui/partActions';
import { ValueView } from '../ui/value';
import { joinMessages } from './joinMessages';
import { messagesText } from './messagesText';
import { missingMessages } from './missing';
import type { TraceModel } from './traceModel';
import { TurnView } from './turn';

interface ConversationProps {
  readonly model: TraceModel;
  readonly observation: Observation;
}

/** Turns shown at first; of a longer conversation the last ones. */
const turnLimit = 40;

/** A model call as people read it: what it was given, then what it answered. */
export function Conversation({ model, observation }: ConversationProps) {
  const { inputMessages = [], outputMessages = [] } = observation;
  const turns = useMemo(
    () => joinMessages(inputMessages, outputMessages),
    [inputMessages, outputMessages],
  );
  const [all, setAll] = useState(false);
  const missing = missingMessages(observation);
  if (turns.length === 0) return <Empty title={missing.title}>{missing.reason}</Empty>;
  const hidden = all ? 0 : Math.max(0, turns.length - turnLimit);
  const head = turns[0]?.role === 'system' && hidden > 0 ? 1 : 0;
  const raw = model.raw.value;
  return (
    <div class="conversation">
      <Toolbar model={model} observation={observation} />
      <Definitions observation={observation} />
      {turns.slice(0, head).map((turn, index) => (
        <TurnView key={index} turn={turn} raw={raw} />
      ))}
      {hidden > head && (
        <TextButton class="more-turns" onClick={() => setAll(true)}>
          Show {plural(hidden - head, 'earlier message')}
        </TextButton>
      )}
      {turns.slice(Math.max(head, hidden)).map((turn, index) => (
        <TurnView key={`${hidden}-${index}`} turn={turn} raw={raw} />
      ))}
      {outputMessages.length === 0 && <NoAnswer observation={observation} />}
    </div>
  );
}

function Toolbar({ model, observation }: ConversationProps) {
  const { inputMessages = [], outputMessages = [], name } = observation;
  const messages: readonly Message[] = [...inputMessages, ...outputMessages];
  const part: PartText = {
    title: `Conversation of ${name.slice(0, 60)}`,
    language: 'markdown',
    text: () => messagesText(messages),
  };
  return (
    <div class="panel-toolbar">
      <span class="dim">{plural(messages.length, 'message')}</span>
      <span class="spacer" />
      <IconButton
        label={model.raw.value ? 'Show text as markdown' : 'Show text as it came'}
        icon={model.raw.value ? 'code' : 'markdown'}
        pressed={model.raw.value}
        onClick={() => (model.raw.value = !model.raw.value)}
      />
      <PartActions part={part} />
    </div>
  );
}

/** Tools and parameters the call was made with, folded. */
function Definitions({ observation }: { readonly observation: Observation }) {
  const { toolDefinitions = [], modelParameters = {} } = observation;
  const parameters = Object.entries(modelParameters);
  return (
    <>
      {parameters.length > 0 && (
        <Fold
          title="Parameters"
          preview={parameters
            .map(([key, value]) => `${key} ${toText(value)}`)
            .join(' · ')
            .slice(0, 120)}
          part={{ title: 'Parameters', language: 'json', text: () => toText(modelParameters) }}
        >
          {() => <ValueView value={modelParameters} title="Parameters" />}
        </Fold>
      )}
      {toolDefinitions.length > 0 && (
        <Fold
          title={plural(toolDefinitions.length, 'tool')}
          preview={toolDefinitions
            .map((tool) => tool.name)
            .join(', ')
            .slice(0, 160)}
          part={{
            title: 'Tool definitions',
            language: 'json',
            text: () => JSON.stringify(toolDefinitions, undefined, 2),
          }}
        >
          {() =>
            toolDefinitions.map((tool, index) => (
              <Fold key={index} title={tool.name} preview={tool.description?.slice(0, 200)}>
                {() => <ValueView value={tool.parameters ?? tool.raw ?? null} title={tool.name} />}
              </Fold>
            ))
          }
        </Fold>
      )}
    </>
  );
}

function NoAnswer({ observation }: { readonly observation: Observation }) {
  const { status } = observation;
  if (status === 'running') {
    return <Empty icon="loading codicon-modifier-spin" title="Waiting for the answer." />;
  }
  if (status === 'error') return <Empty icon="error" title="No answer: the call failed." />;
  return (
    <Empty title="No answer was captured.">
      {formatSize(JSON.stringify(observation.inputMessages ?? []).length)} of input were.
    </Empty>
  );
}
