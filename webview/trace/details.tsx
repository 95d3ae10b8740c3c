import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { Observation } from '../../src/model/observation';
import { TextButton } from '../ui/controls';
import { Empty } from '../ui/empty';
import { formatCost, formatDuration, formatExact } from '../../src/model/format';
import { Icon, kindIcons, statusIcons, statusWords } from '../ui/icon';
import { CopyButton } from '../ui/partActions';
import { Tabs, type Tab } from '../ui/tabs';
import type { TabId } from './arrangement';
import { AttributesTab } from './attributesTab';
import type { Clock } from './clock';
import { ContentTab } from './contentTab';
import { Conversation } from './conversation';
import { ErrorTrail } from './errorTrailView';
import { EventsTab } from './eventsTab';
import { Fact } from './header';
import type { TraceModel } from './traceModel';
import { usageText, usageTitle } from './usageText';

interface DetailsProps {
  readonly model: TraceModel;
  readonly clock: Clock;
}

/** The chosen observation. While the next one is read the last one stays, dimmed. */
export function DetailsPane({ model, clock }: DetailsProps) {
  const last = useRef<Observation>(undefined);
  const details = model.details.value;
  if (details?.state === 'ready') last.current = details.observation;
  if (details?.state === 'missing') {
    return (
      <Empty icon="warning" title="This observation cannot be shown.">
        {details.reason}
      </Empty>
    );
  }
  const observation = last.current;
  if (!observation) return null;
  return (
    <div
      class={details?.state === 'loading' ? 'details stale' : 'details'}
      key={observation.spanId}
    >
      <Head model={model} clock={clock} observation={observation} />
      <Body model={model} observation={observation} />
    </div>
  );
}

interface ObservationProps {
  readonly model: TraceModel;
  readonly observation: Observation;
}

function Head({ model, clock, observation }: ObservationProps & DetailsProps) {
  const { kind, name, status, source, spanId } = observation;
  return (
    <header class="details-head">
      <div class="title-line">
        <Icon name={kindIcons[kind]} class={`kind kind-${kind}`} label={kind} />
        <h2 dir="auto" title={name}>
          {name.slice(0, 300)}
        </h2>
        {status !== 'ok' && (
          <Icon
            name={statusIcons[status]}
            class={`status-icon status-${status}`}
            label={statusWords[status]}
          />
        )}
        <span class="spacer" />
        {source && (
          <TextButton
            class="source-link"
            title={`Go to source: ${source.file}${source.line ? `:${source.line}` : ''}`}
            onClick={() => void model.ask((host) => host.openSource(spanId))}
          >
            <Icon name="go-to-file" /> {source.file.split(/[\\/]/).pop()}
            {source.line ? `:${source.line}` : ''}
          </TextButton>
        )}
        <CopyButton label="Copy the span id" text={() => spanId} />
      </div>
      <ObservationFacts model={model} clock={clock} observation={observation} />
      <Failure model={model} observation={observation} />
      {observation.status === 'error' && <ErrorTrail model={model} />}
    </header>
  );
}

function ObservationFacts({ model, clock, observation }: ObservationProps & DetailsProps) {
  const { kind, model: answering, requestedModel, usage, cost, startTime, endTime } = observation;
  const origin = model.view.value?.columns.origin ?? startTime;
  const length =
    endTime === undefined ? clock.now.value - (startTime - origin) : endTime - startTime;
  const ended = endTime !== undefined || observation.status === 'running';
  const shownModel = answering ?? requestedModel;
  const asked =
    requestedModel && requestedModel !== answering ? `, asked for ${requestedModel}` : '';
  return (
    <ul class="facts" aria-label="About this observation">
      <Fact name="Kind" class={`kind-${kind}`}>
        {kind}
      </Fact>
      {ended && (
        <Fact icon="clock" name="Duration">
          {formatDuration(Math.max(0, length))}
        </Fact>
      )}
      <SelfTime model={model} />
      <Fact name="Start, counted from the start of the trace">
        +{formatDuration(startTime - origin)}
      </Fact>
      {shownModel && (
        <Fact icon="chip" name="Model" title={`Model: ${shownModel}${asked}`}>
          {shownModel}
        </Fact>
      )}
      {usage && (
        <Fact icon="symbol-numeric" name="Tokens" title={usageTitle(usage)}>
          {usageText(usage)}
        </Fact>
      )}
      {cost?.total !== undefined && (
        <Fact icon="credit-card" name="Cost">
          {formatCost(cost.total)}
        </Fact>
      )}
      {usage && cost?.total === undefined && kind === 'generation' && (
        <Fact icon="credit-card" name="Cost" title="No price is known for this model">
          cost unknown
        </Fact>
      )}
      {observation.timeToFirstTokenMs !== undefined && (
        <Fact name="Time to the first token">
          first token {formatDuration(observation.timeToFirstTokenMs * 1000)}
        </Fact>
      )}
      {observation.finishReasons && observation.finishReasons.length > 0 && (
        <Fact name="Finish reason">{observation.finishReasons.join(', ')}</Fact>
      )}
      <OptionalFact icon="robot" name="Agent" value={observation.agentName} />
      <OptionalFact icon="note" name="Prompt" value={promptText(observation)} />
    </ul>
  );
}

/** How much of its time was its own, where something ran below it. */
function SelfTime({ model }: { readonly model: TraceModel }) {
  const row = model.selectedRow.value;
  const time = model.selfTimes.value?.[row];
  if (time === undefined || !model.canFold(row)) return null;
  return (
    <Fact name="Self time: the part in which nothing below it ran">
      self {formatDuration(time)}
    </Fact>
  );
}

function OptionalFact({ icon, name, value }: { icon: string; name: string; value?: string }) {
  if (!value) return null;
  return (
    <Fact icon={icon} name={name} title={`${name}: ${value.slice(0, 500)}`}>
      {value.slice(0, 60)}
    </Fact>
  );
}

function promptText({ prompt }: Observation): string | undefined {
  return prompt && `${prompt.name}${prompt.version ? `@${prompt.version}` : ''}`;
}

/** Why it failed, above every tab. */
function Failure({ model, observation }: ObservationProps) {
  const { status, statusMessage, events } = observation;
  if (status === 'interrupted') {
    return (
      <p class="failure interrupted">
        It never ended: its process stopped, or fell silent for ten minutes.
      </p>
    );
  }
  if (status !== 'error') return null;
  const message = statusMessage ?? 'It failed without a message.';
  return (
    <div class="failure" role="note" aria-label="Error">
      <span class="failure-text" dir="auto">
        {message.slice(0, 600)}
      </span>
      {(events.length > 0 || message.length > 600) && (
        <TextButton onClick={() => (model.tab.value = 'events')}>Show the error</TextButton>
      )}
    </div>
  );
}

function Body({ model, observation }: ObservationProps) {
  const tabs = tabsOf(observation);
  const current = tabs.find((tab) => tab.id === model.tab.value)?.id ?? tabs[0]?.id ?? 'content';
  return (
    <>
      <Tabs
        label="Details"
        tabs={tabs}
        current={current}
        onChange={(id) => (model.tab.value = id)}
      />
      <div class="panel" id="panel" role="tabpanel" aria-labelledby={`tab-${current}`} tabIndex={0}>
        {panelOf(current, { model, observation })}
      </div>
    </>
  );
}

function panelOf(tab: TabId, props: ObservationProps): ComponentChildren {
  switch (tab) {
    case 'conversation':
      return <Conversation {...props} />;
    case 'content':
      return <ContentTab observation={props.observation} />;
    case 'attributes':
      return <AttributesTab observation={props.observation} />;
    case 'events':
      return <EventsTab {...props} />;
  }
}

/** Chat-shaped calls have a conversation; so has a model call with nothing, to say why. */
export function tabsOf(observation: Observation): readonly Tab<TabId>[] {
  const { input, output, inputMessages, outputMessages, kind, events } = observation;
  const messages = (inputMessages?.length ?? 0) + (outputMessages?.length ?? 0);
  const nothing = input === undefined && output === undefined;
  const talks = messages > 0 || (kind === 'generation' && nothing);
  const failed = observation.status === 'error';
  return [
    ...(talks ? [{ id: 'conversation' as const, label: 'Conversation' }] : []),
    { id: 'content', label: 'Input/Output' },
    { id: 'attributes', label: 'Attributes' },
    {
      id: 'events',
      label: (
        <>
          {failed ? 'Error' : 'Events'}
          {events.length > 0 && <span class="tab-count">{formatExact(events.length)}</span>}
        </>
      ),
    },
  ];
}
