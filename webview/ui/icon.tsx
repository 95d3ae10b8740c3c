import type { ObservationKind, ObservationStatus } from '../../src/model/observation';

/** A codicon; decoration unless it has a label. */
export function Icon({ name, label, slot, class: extra }: IconProps) {
  return (
    <span
      slot={slot}
      class={`codicon codicon-${name} ${extra ?? ''}`}
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
      title={label}
    />
  );
}

interface IconProps {
  readonly name: string;
  readonly label?: string;
  readonly class?: string;
  /** Place in the custom element it stands in. */
  readonly slot?: string;
}

/** The codicon of each kind; its colour is the class `kind-<kind>`. */
export const kindIcons: Readonly<Record<ObservationKind, string>> = {
  agent: 'robot',
  generation: 'sparkle',
  tool: 'tools',
  retriever: 'search',
  embedding: 'symbol-array',
  reranker: 'list-ordered',
  guardrail: 'shield',
  handoff: 'arrow-swap',
  evaluator: 'beaker',
  chain: 'link',
  event: 'symbol-event',
  span: 'circle-outline',
};

/** The codicon of each status; `ok` needs none among rows. */
export const statusIcons: Readonly<Record<ObservationStatus, string>> = {
  running: 'loading codicon-modifier-spin',
  ok: 'pass',
  error: 'error',
  interrupted: 'debug-disconnect',
};

export const statusWords: Readonly<Record<ObservationStatus, string>> = {
  running: 'running',
  ok: 'ok',
  error: 'failed',
  interrupted: 'interrupted',
};
