import type { ComponentChildren } from 'preact';
import type { TraceSummary } from '../../src/model/trace';
import { Button, IconButton } from '../ui/controls';
import { formatDuration, formatTime, plural } from '../../src/model/format';
import { Icon, statusIcons, statusWords } from '../ui/icon';
import type { Clock } from './clock';
import type { TraceModel } from './traceModel';
import { ViewSwitch } from './viewSwitch';
import { costText, costTitle, usageText, usageTitle } from './usageText';

interface HeaderProps {
  readonly model: TraceModel;
  readonly clock: Clock;
  readonly trace: TraceSummary;
}

/** What the trace is, in two lines. */
export function Header({ model, clock, trace }: HeaderProps) {
  return (
    <header class="trace-header">
      <div class="title-line">
        <Icon
          name={statusIcons[trace.status]}
          class={`status-icon status-${trace.status}`}
          label={statusWords[trace.status]}
        />
        <h1 dir="auto" title={trace.name}>
          {trace.name.slice(0, 300)}
        </h1>
        <IconButton
          label={
            trace.starred ? 'Starred: kept for ever. Remove the star' : 'Star: keep this trace'
          }
          icon={trace.starred ? 'star-full' : 'star-empty'}
          class={trace.starred ? 'starred' : ''}
          pressed={trace.starred}
          onClick={() =>
            void model.ask((host) => host.setStarred(!trace.starred)).then(model.refresh)
          }
        />
        <span class="dim started" title="When it started">
          {formatTime(trace.startTime).slice(0, 19)}
        </span>
        <span class="spacer" />
        <ViewSwitch current={model.layout.value} onChange={(view) => (model.layout.value = view)} />
        <ErrorJump model={model} trace={trace} />
      </div>
      <Facts clock={clock} trace={trace} />
    </header>
  );
}

function ErrorJump({ model, trace }: { readonly model: TraceModel; readonly trace: TraceSummary }) {
  if (trace.errorCount === 0) return null;
  const handled = trace.status !== 'error';
  const label = `${plural(trace.errorCount, 'error')}${handled ? ', handled' : ''}`;
  return (
    <span class={handled ? 'error-jump handled' : 'error-jump'} title="Go to the first error (e)">
      <Button label={label} icon="error" onClick={() => model.selectFirstError()} />
    </span>
  );
}

function Facts({ clock, trace }: { readonly clock: Clock; readonly trace: TraceSummary }) {
  const running = trace.status === 'running';
  const length = running ? clock.now.value : (trace.endTime ?? trace.startTime) - trace.startTime;
  return (
    <ul class="facts" aria-label="About this trace">
      {trace.status !== 'ok' && (
        <Fact name="Status" class={`status-${trace.status}`}>
          {statusWords[trace.status]}
        </Fact>
      )}
      <Fact icon="clock" name="Duration">
        {formatDuration(Math.max(0, length))}
      </Fact>
      {(trace.cost !== undefined || trace.unpricedCalls > 0) && (
        <Fact icon="credit-card" name="Cost" title={costTitle(trace)}>
          {costText(trace)}
        </Fact>
      )}
      {trace.usage && (
        <Fact icon="symbol-numeric" name="Tokens" title={usageTitle(trace.usage)}>
          {usageText(trace.usage)}
        </Fact>
      )}
      <Listed icon="chip" name="Models" values={trace.models} />
      <Listed icon="robot" name="Agents" values={trace.agents} />
      <Text icon="comment-discussion" name="Session" value={trace.sessionId} />
      <Text icon="account" name="User" value={trace.userId} />
      <Listed icon="tag" name="Tags" values={trace.tags} />
      {trace.git && (
        <Fact
          icon="git-commit"
          name="Commit"
          title={`Commit ${trace.git.commit}${trace.git.dirty ? ', with changes not committed' : ''}`}
        >
          {trace.git.commit.slice(0, 7)}
          {trace.git.dirty ? '*' : ''}
        </Fact>
      )}
      <Text icon="server-process" name="Service" value={trace.serviceName} />
    </ul>
  );
}

interface FactProps {
  readonly icon?: string;
  readonly name: string;
  readonly title?: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** One fact, its name in the tooltip and for the screen reader. */
export function Fact({ icon, name, title, class: extra, children }: FactProps) {
  return (
    <li class={`fact ${extra ?? ''}`} title={title ?? name}>
      {icon && <Icon name={icon} />}
      <span class="hidden-text">{name}: </span>
      <span class="fact-text">{children}</span>
    </li>
  );
}

function Text({ icon, name, value }: { icon: string; name: string; value: string | undefined }) {
  if (value === undefined || value === '') return null;
  return (
    <Fact icon={icon} name={name} title={`${name}: ${value.slice(0, 500)}`}>
      {value.length > 40 ? `${value.slice(0, 40)}…` : value}
    </Fact>
  );
}

/** The first two of a list and how many more there are. */
function Listed({ icon, name, values }: { icon: string; name: string; values: readonly string[] }) {
  if (values.length === 0) return null;
  const shown = values.slice(0, 2).map((value) => value.slice(0, 40));
  const rest = values.length - shown.length;
  return (
    <Fact
      icon={icon}
      name={name}
      title={`${name}: ${values.slice(0, 50).join(', ').slice(0, 1000)}`}
    >
      {shown.join(', ')}
      {rest > 0 && <span class="dim"> +{rest}</span>}
    </Fact>
  );
}
