import type { TraceComparison } from '../model/compareTraces';
import type { ContextDifference } from '../model/contextDiff';
import type { Filter } from '../model/filter';
import type { TraceFinding } from '../model/findings';
import type { Observation } from '../model/observation';
import type { SecretPattern } from '../base/secretShapes';
import type { Finding } from '../dialects/doctor';
import type { PriceOverrides } from '../dialects/observe';
import type { TraceColumns } from '../model/columns';
import type { GivenScore, ScoreKey } from '../model/score';
import type { Trace, TraceSummary } from '../model/trace';
import type { TraceQuery } from '../store/traceStore';
import type { Snippet } from './snippet';

export type { Finding };

/** What the worker threads offer to the thread that started them, over `base/channel`. */

export interface IngestOptions {
  /** The store's database file; its folder also holds the owner's lock. */
  readonly file: string;
  /** The HTTP port to listen on; 0 picks a free one. */
  readonly port: number;
  /** With `nextFree`, a port that stays taken is waited for, then the next free one is used. */
  readonly whenTaken: 'fail' | 'nextFree';
  /** Names the workspace in the base path `/w/<token>`. */
  readonly token: string;
  /** A port for OTLP/gRPC; absent without one. */
  readonly grpcPort?: number;
  /** Ports to hold beside, while no other program has them. */
  readonly standardPorts?: { readonly http: number; readonly grpc: number };
  /** The id of the workspace, as processes started here name it in `glassbox.workspace`. */
  readonly workspace: string;
  /** Further Host names to answer to, such as `host.docker.internal`. */
  readonly allowedHosts: readonly string[];
  /** The folder whose commit is stamped on new traces. */
  readonly folder?: string;
  /** Bytes the store may take on disk, write-ahead log included. */
  readonly retentionBytes: number;
  /** The user's own prices, by model name with `*`. */
  readonly prices: PriceOverrides;
  /** Secrets to mask beside the known shapes. */
  readonly secretPatterns: readonly SecretPattern[];
}

/** Where spans are received; undefined for a process that found another owner. */
export interface Listening {
  /** The OTLP base URL, token included: `http://127.0.0.1:24180/w/<token>`. */
  readonly endpoint: string;
  readonly port: number;
  /** `127.0.0.1:4317`, where gRPC is on. */
  readonly grpcAddress?: string;
}

/** Another owner on this machine. */
export interface Neighbour {
  readonly workspace: string;
  readonly folders: readonly string[];
  readonly endpoint: string;
}

export interface ImportResult {
  readonly traces: number;
  readonly spans: number;
  readonly duplicates: number;
}

/** Changes to the store that only its owner may make. */
export interface StoreWrites {
  setStarred(traceId: string, starred: boolean): Promise<void>;
  /** Scores a trace or an observation by hand, again in place of before. Rejects with a `UserError`. */
  setScore(traceId: string, score: GivenScore): Promise<void>;
  removeScore(traceId: string, key: ScoreKey): Promise<void>;
  remove(traceIds: readonly string[]): Promise<void>;
  restore(traceIds: readonly string[]): Promise<void>;
  /** Marks what still runs of this run as interrupted. */
  endRun(runId: string): Promise<void>;
  /** Adds an export of ours or any OTLP request body. Rejects with a `UserError` on anything else. */
  importTraces(body: ImportBody): Promise<ImportResult>;
}

/** OTLP/JSON as text, or OTLP protobuf in base64. */
export type ImportBody = { readonly json: string } | { readonly base64: string };

export interface IngestService extends StoreWrites {
  /** Takes ownership and listens; undefined when another process owns the store. */
  open(options: IngestOptions): Promise<Listening | undefined>;
  /** Other owners on this machine, to whom spans on shared ports may belong. */
  setNeighbours(neighbours: readonly Neighbour[]): Promise<void>;
  /** Standard ports held at the moment. */
  heldPorts(): Promise<readonly number[]>;
  close(): Promise<void>;
}

/** What the ingest thread announces; at most ten times a second. */
export interface IngestEvents {
  tracesChanged(changed: readonly TraceSummary[], removed: readonly string[]): Promise<void>;
  /** The store was damaged and begun anew: whoever reads it must open it again. */
  storeReplaced(message: string): Promise<void>;
  /** Something a person should know, said once: a full disk. */
  notice(message: string): Promise<void>;
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): Promise<void>;
}

export interface TraceViewData {
  readonly trace: TraceSummary;
  readonly columns: TraceColumns;
}

export interface ObservationPage {
  readonly observations: readonly Observation[];
  /** Pass on to read the next page; absent at the end. */
  readonly next?: PageKey;
}

export interface PageKey {
  readonly startTime: number;
  readonly spanId: string;
}

export interface ExportPage {
  readonly resourceSpans: string;
  readonly resourceLogs: string;
  /** Pass on to read the next page; absent at the end. */
  readonly next?: PageKey;
}

/** What was found within about a twentieth of a second. */
export interface TracePart {
  readonly traces: readonly TraceSummary[];
  /** Traces that were looked into. */
  readonly looked: number;
  /** Pass on as `before` to go on; absent when all traces have been looked at. */
  readonly next?: { readonly startTime: number; readonly traceId: string };
}

/** How far the index is behind the store. */
export interface SearchLag {
  /** False while there is no index: what is searched for is then read. */
  readonly indexed: boolean;
  /** Traces of which something has arrived that is not indexed; searches read these. */
  readonly traces: number;
}

export interface IndexService {
  /** Follows the store in the file. */
  open(file: string, prices: PriceOverrides): Promise<void>;
  /** Something has changed in the store. */
  wake(): Promise<void>;
  close(): Promise<void>;
}

export interface IndexEvents {
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): Promise<void>;
}

export interface QueryService {
  open(file: string, prices: PriceOverrides): Promise<void>;
  /** Newest first. A filter may ask for anything; what takes long is better asked in parts. */
  traces(query: TraceQuery): Promise<readonly TraceSummary[]>;
  /** The same in short parts, to be gone on with or left. */
  tracesPart(query: TraceQuery): Promise<TracePart>;
  searchLag(): Promise<SearchLag>;
  /** Where a trace holds a text that the filter asks for. */
  snippet(traceId: string, filter: Filter): Promise<Snippet | undefined>;
  /** Problems that no single observation says, by time. */
  findings(traceId: string): Promise<readonly TraceFinding[]>;
  /** Two traces side by side; undefined where one of them is gone. */
  compare(leftTraceId: string, rightTraceId: string): Promise<TraceComparison | undefined>;
  /** What a model call saw, against the one before it of the same agent. */
  context(traceId: string, spanId: string): Promise<ContextDifference | undefined>;
  summary(traceId: string): Promise<TraceSummary | undefined>;
  /** A full id from the start of one. Rejects with a `UserError` when none or several fit. */
  resolveTraceId(prefix: string): Promise<string>;
  /** With a limit, only the first rows in order of time: those of a large trace are soon there. */
  view(traceId: string, limit?: number): Promise<TraceViewData | undefined>;
  /** With the input and output of its root. */
  trace(traceId: string): Promise<Trace | undefined>;
  observation(traceId: string, spanId: string): Promise<Observation | undefined>;
  observations(traceId: string, after?: PageKey, limit?: number): Promise<ObservationPage>;
  /** OTLP JSON text of a page of spans; the first page also carries the trace's log records. */
  exportPage(traceId: string, after?: PageKey): Promise<ExportPage>;
  /** What is missing in a trace and how to change that; undefined where the trace is gone. */
  diagnose(traceId: string): Promise<readonly Finding[] | undefined>;
  close(): Promise<void>;
}
