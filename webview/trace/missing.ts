import type { Observation } from '../../src/model/observation';

/** Why an observation has nothing to show, as a sentence and what to do about it. */
export interface Missing {
  readonly title: string;
  readonly reason: string;
}

const capture =
  'Instrumentations of the OpenTelemetry kind record messages only when asked. Run the agent ' +
  'through Glassbox, which asks, or set OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true ' +
  'in its environment.';

/** What is missing where messages would stand. */
export function missingMessages(observation: Observation): Missing {
  if (observation.status === 'running') {
    return {
      title: 'Still running.',
      reason: 'The messages come with the end of the call; this page shows them then.',
    };
  }
  return { title: 'No messages were captured.', reason: `${capture} ${seen(observation)}`.trim() };
}

/** What is missing where input and output would stand. */
export function missingContent(observation: Observation): Missing {
  const { kind, status } = observation;
  if (status === 'running') {
    return { title: 'Still running.', reason: 'Its output comes when it ends.' };
  }
  if (kind === 'span' || kind === 'event') {
    return {
      title: 'No input or output.',
      reason: 'This is an ordinary span; all it was sent with stands under Attributes.',
    };
  }
  if (kind === 'handoff' || kind === 'guardrail') {
    return {
      title: 'No input or output.',
      reason: `The SDK records that the ${kind} happened, not what it was given.`,
    };
  }
  return {
    title: 'No input or output was captured.',
    reason: `${capture} ${seen(observation)}`.trim(),
  };
}

function seen({ dialect }: Observation): string {
  const conventions = [...new Set(Object.values(dialect))];
  return conventions.length === 0 ? '' : `Its fields were read as ${conventions.join(', ')}.`;
}
