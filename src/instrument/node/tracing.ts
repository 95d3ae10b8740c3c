import { AgentsRecorder } from './agents';
import { AgentsProviders } from './agentsProvider';
import { watchTools, type ToolFactory } from './agentsTools';
import { Exporter } from './exporter';
import { onExit } from './onExit';
import { OpenAiClients } from './openaiClient';
import { hidden, outerPlace } from './places';
import { Recorder } from './recorder';
import { UserTracing } from './userTracing';

/**
 * Everything that is loaded once a known SDK is imported. The bootstrap hands over each class or
 * provider it sees; all of them share one recorder and one exporter.
 */

export interface ConnectOptions {
  readonly endpoint: string;
  readonly localOnly: boolean;
  readonly note: (fact: Readonly<Record<string, string | number>>) => void;
}

/** Opens the connection and returns what watches the SDKs. */
export function connect({ endpoint, localOnly, note }: ConnectOptions) {
  const exporter = new Exporter({ endpoint, hidden, note });
  const recorder = new Recorder(exporter);
  const processor = new AgentsRecorder(recorder);
  const onDisabled = () => note({ event: 'tracing-disabled', reason: 'setTracingDisabled(true)' });
  const agents = new AgentsProviders({ processor, localOnly, onDisabled });
  const clients = new OpenAiClients({ recorder, place: () => placeOf(agents, processor) });
  onExit(() => {
    clients.finish();
    exporter.finish();
  });
  const userTracing = new UserTracing({ recorder, endpoint, localOnly });
  return {
    seen(kind: string, subject: unknown): void {
      if (kind === 'openai') clients.watch(subject);
      else if (kind === 'agents') agents.watch(subject);
      else if (kind === 'otel') userTracing.watch(subject);
    },
    wrap(kind: string, original: unknown): unknown {
      if (kind !== 'tool' || typeof original !== 'function') return original;
      return watchTools(original as ToolFactory, () => toolOf(agents, processor));
    },
  };
}

function toolOf(agents: AgentsProviders, processor: AgentsRecorder) {
  for (const provider of agents.providers) {
    const tool = processor.toolOf(provider.getCurrentSpan?.() ?? null);
    if (tool) return tool;
  }
  return undefined;
}

function placeOf(agents: AgentsProviders, processor: AgentsRecorder) {
  for (const provider of agents.providers) {
    const span = provider.getCurrentSpan?.() ?? null;
    const trace = provider.getCurrentTrace?.() ?? null;
    const place = processor.placeOf(span, trace);
    if (place) return place;
  }
  return { parent: outerPlace() };
}
