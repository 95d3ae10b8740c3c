import type { Observation, ObservationEvent } from '../../src/model/observation';
import { Empty } from '../ui/empty';
import { Fold } from '../ui/fold';
import { formatDuration } from '../../src/model/format';
import { Icon } from '../ui/icon';
import { LongText } from '../ui/longText';
import { PartActions } from '../ui/partActions';
import { StackTrace } from '../ui/stackTrace';
import { ValueView } from '../ui/value';
import { failureOf, failuresOf, type Failure } from './failureOf';
import type { TraceModel } from './traceModel';

interface EventsTabProps {
  readonly model: TraceModel;
  readonly observation: Observation;
}

/** What happened while it ran: failures first, with their stack, then every other event. */
export function EventsTab({ model, observation }: EventsTabProps) {
  const failures = failuresOf(observation);
  const others = observation.events.filter((event) => failureOf(event) === undefined);
  if (failures.length === 0 && others.length === 0) {
    return <Empty title="No events and no error were recorded." />;
  }
  return (
    <>
      {failures.map((failure, index) => (
        <FailureView key={index} model={model} failure={failure} />
      ))}
      {others.slice(0, 500).map((event, index) => (
        <EventView key={index} event={event} start={observation.startTime} />
      ))}
    </>
  );
}

function FailureView({
  model,
  failure,
}: {
  readonly model: TraceModel;
  readonly failure: Failure;
}) {
  const { type, message, stack } = failure;
  const text = () => [type, message, stack].filter(Boolean).join('\n');
  return (
    <section class="failure-card" aria-label="Error">
      <div class="failure-head">
        <Icon name="error" class="status-icon status-error" />
        <strong>{type ?? 'Error'}</strong>
        <PartActions part={{ title: 'Error', language: 'plaintext', text }} />
      </div>
      {message !== undefined && <LongText text={message} title="Error message" />}
      {stack !== undefined && (
        <StackTrace
          stack={stack}
          onOpen={(file, line) => void model.ask((host) => host.openFile(file, line))}
        />
      )}
    </section>
  );
}

function EventView({ event, start }: { readonly event: ObservationEvent; readonly start: number }) {
  const { name, time, attributes } = event;
  const count = Object.keys(attributes).length;
  const part = {
    title: `Event ${name.slice(0, 60)}`,
    language: 'json',
    text: () => JSON.stringify(event, undefined, 2),
  };
  return (
    <Fold
      title={name.slice(0, 200)}
      note={`+${formatDuration(time - start)}`}
      part={part}
      open={count <= 5}
    >
      {() =>
        count === 0 ? (
          <span class="dim">No attributes.</span>
        ) : (
          <ValueView value={attributes} title={part.title} />
        )
      }
    </Fold>
  );
}
