import { delimiter } from 'node:path';

/**
 * The variables that make a process report here. What the user set themselves is never replaced:
 * lists are appended to, and an endpoint of their own keeps every exporter variable theirs (the
 * hooks then add a second exporter from inside).
 */

export type CaptureLevel =
  /** Exporter variables, content capture and the language hooks. */
  | 'full'
  /** Only what OpenTelemetry SDKs read by themselves. */
  | 'otel';

export interface Capture {
  readonly level: CaptureLevel;
  /** The OTLP base URL of the receiver, token included. */
  readonly endpoint: string;
  readonly workspace: string;
  /** One execution of one process; absent for terminals. */
  readonly runId?: string;
  /** Further resource attributes, such as the case of an experiment a process answers. */
  readonly resource?: Readonly<Record<string, string>>;
  /** The folder with `node.cjs` and `python/`. */
  readonly hooksFolder: string;
  /** A program that runs Node scripts, for agents that start a script of ours. */
  readonly nodePath?: string;
  /** Where the hooks write down what they saw. */
  readonly notesFile?: string;
  readonly localOnly?: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const exporterVariables = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_TRACES_EXPORTER',
];

/** The variables to set over `base`, each with its final value. */
export function captureEnvironment(capture: Capture, base: Environment): Record<string, string> {
  const ours = runEndpoint(capture);
  const variables: Record<string, string> = {
    ...markers(capture, ours),
    OTEL_RESOURCE_ATTRIBUTES: appended(base.OTEL_RESOURCE_ATTRIBUTES, resourceOf(capture), ','),
  };
  if (!exporterVariables.some((name) => isForeign(base[name], capture.endpoint))) {
    Object.assign(variables, withoutSet(exporter(ours), base));
    // A terminal of the window has set the same without the run.
    variables.OTEL_EXPORTER_OTLP_ENDPOINT = ours;
  }
  Object.assign(variables, withoutSet(content, base));
  if (capture.level === 'full') Object.assign(variables, hooks(capture, base));
  return variables;
}

function isForeign(value: string | undefined, endpoint: string): boolean {
  return value !== undefined && value !== '' && !value.startsWith(endpoint);
}

/** Names the run too: not every program sends what its environment says of its resource. */
function runEndpoint({ endpoint, runId }: Capture): string {
  return runId === undefined ? endpoint : `${endpoint}/run/${encodeURIComponent(runId)}`;
}

function markers(capture: Capture, endpoint: string): Record<string, string> {
  return {
    GLASSBOX_ENDPOINT: endpoint,
    ...(capture.notesFile !== undefined && { GLASSBOX_RUN_NOTES: capture.notesFile }),
    ...(capture.nodePath !== undefined && { GLASSBOX_NODE: capture.nodePath }),
    ...(capture.localOnly === true && { GLASSBOX_LOCAL_ONLY: '1' }),
  };
}

function exporter(endpoint: string): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    // Logfire otherwise asks for a token, or refuses to start, where none is configured.
    LOGFIRE_SEND_TO_LOGFIRE: 'if-token-present',
  };
}

/** Spans that arrive while the agent runs, whole, with the messages in them. */
const content: Record<string, string> = {
  OTEL_BSP_SCHEDULE_DELAY: '200',
  OTEL_BLRP_SCHEDULE_DELAY: '200',
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '10000',
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
  // LiteLLM takes the line before for "in events alone", and then sends none without this one.
  LITELLM_OTEL_INTEGRATION_ENABLE_EVENTS: 'true',
};

function hooks({ hooksFolder }: Capture, base: Environment): Record<string, string> {
  // Node splits NODE_OPTIONS at spaces and reads backslashes inside quotes as escapes.
  const script = `${hooksFolder}/node.cjs`.replaceAll('\\', '/');
  return {
    NODE_OPTIONS: appended(base.NODE_OPTIONS, `--require "${script}"`, ' '),
    PYTHONPATH: appended(base.PYTHONPATH, `${hooksFolder}/python`, delimiter),
  };
}

function resourceOf({ workspace, runId, resource = {} }: Capture): string {
  const attributes = [`glassbox.workspace=${encodeURIComponent(workspace)}`];
  if (runId !== undefined) attributes.push(`glassbox.run.id=${encodeURIComponent(runId)}`);
  for (const [key, value] of Object.entries(resource)) {
    attributes.push(`${key}=${encodeURIComponent(value)}`);
  }
  return attributes.join(',');
}

function appended(before: string | undefined, more: string, separator: string): string {
  if (before === undefined || before === '') return more;
  return before.includes(more) ? before : `${before}${separator}${more}`;
}

function withoutSet(variables: Record<string, string>, base: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => base[name] === undefined));
}
