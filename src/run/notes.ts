import { readFile } from 'node:fs/promises';
import { isRecord } from '../model/value';

/** What a hook saw in the user's process, a JSON line each in the run's notes file. */
export interface RunNote {
  readonly event:
    | 'hook-loaded'
    | 'sdk-seen'
    | 'unsupported'
    | 'tracing-disabled'
    | 'exporter-elsewhere'
    | 'exported'
    | 'lost';
  readonly language?: string;
  readonly version?: string;
  readonly name?: string;
  readonly reason?: string;
  readonly spans?: number;
}

/** The notes of a run; none when no hook could write any. */
export async function readNotes(file: string): Promise<readonly RunNote[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isRecord(value) && typeof value.event === 'string'
        ? [value as unknown as RunNote]
        : [];
    } catch {
      return [];
    }
  });
}

/** Why a run left no trace, by what was seen of it. */
export interface NoTrace {
  readonly reason: string;
  readonly remedy: string;
}

export interface RunOutcome {
  readonly notes: readonly RunNote[];
  readonly command: readonly string[];
  readonly exitCode: number;
}

/** One sentence on why there is no trace and one on what to do; the most certain cause first. */
export function explainNoTrace({ notes, command, exitCode }: RunOutcome): NoTrace {
  const noteOf = (event: RunNote['event']) => notes.find((note) => note.event === event);
  const unsupported = noteOf('unsupported');
  if (unsupported) {
    return {
      reason: unsupported.reason ?? 'The runtime is too old for the hook.',
      remedy: 'Run the agent with Node 18.19 or later, or Python 3.9 or later.',
    };
  }
  const disabled = noteOf('tracing-disabled');
  if (disabled) {
    return {
      reason: `Tracing is switched off: ${disabled.reason ?? 'by the program'}.`,
      remedy: 'Remove that setting and run again.',
    };
  }
  const lost = noteOf('lost');
  if (lost) {
    return {
      reason: `The agent could not deliver ${lost.spans ?? 'its'} spans: ${lost.reason ?? 'no answer'}.`,
      remedy: 'See the Glassbox output for what the receiver said.',
    };
  }
  const elsewhere = noteOf('exporter-elsewhere');
  if (elsewhere) {
    return {
      reason: `The agent's exporter sends elsewhere: ${elsewhere.reason ?? ''}.`,
      remedy: 'Remove its endpoint, or point it at Glassbox.',
    };
  }
  return explainSilence(notes, command, exitCode);
}

function explainSilence(
  notes: readonly RunNote[],
  command: readonly string[],
  exitCode: number,
): NoTrace {
  const seen = notes.find((note) => note.event === 'sdk-seen');
  if (seen) {
    return {
      reason: `${seen.name ?? 'An SDK'} was loaded, but made no call that is traced.`,
      remedy:
        exitCode === 0
          ? 'Check that this input makes the agent call a model.'
          : `The program ended with exit code ${exitCode}: see its output.`,
    };
  }
  if (notes.some((note) => note.event === 'hook-loaded')) {
    return {
      reason: 'The program ran, but no SDK that Glassbox traces was imported.',
      remedy:
        'Use a supported SDK, or set up OpenTelemetry in the program: its exporter already points here.',
    };
  }
  const program = (command[0] ?? 'the program').split(/[\\/]/).at(-1);
  return {
    reason: `No hook was loaded: '${program}' started neither Node nor Python, or cleared its environment.`,
    remedy:
      'Start the agent with node or python directly, or set up OpenTelemetry in it: OTEL_EXPORTER_OTLP_ENDPOINT is set.',
  };
}
