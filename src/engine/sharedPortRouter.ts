import { isAbsolute, relative } from 'node:path';
import type { Log } from '../base/log';
import { toError } from '../base/errors';
import type { Span } from '../model/span';
import type { Value } from '../model/value';
import type { Decoded, DecodedLog, DecodedSpan } from '../otlp/decode';
import { encodeLogs, encodeTraces } from '../otlp/encode';
import type { ReceiverHandler } from '../otlp/receiver';
import type { Neighbour } from './services';

/**
 * On a port that every window shares, spans belong to the window whose workspace they name
 * (`glassbox.workspace`), else to the one that holds a folder they name; the rest stay here.
 */
export class SharedPortRouter implements ReceiverHandler {
  private neighbours: readonly Neighbour[] = [];

  constructor(
    private readonly own: ReceiverHandler,
    private readonly options: { readonly workspace: string; readonly log: Log },
  ) {}

  setNeighbours(neighbours: readonly Neighbour[]): void {
    this.neighbours = neighbours.filter(({ workspace }) => workspace !== this.options.workspace);
  }

  async traces(decoded: Decoded<DecodedSpan>): Promise<void> {
    const { mine, theirs } = this.split(decoded.items, ({ span }) => span);
    const kept = await this.forward(theirs, 'traces', (items) =>
      encodeTraces(items.map(({ record }) => record)),
    );
    await this.own.traces({ ...decoded, items: [...mine, ...kept] });
  }

  async logs(decoded: Decoded<DecodedLog>): Promise<void> {
    const { mine, theirs } = this.split(decoded.items, ({ log }) => log);
    const kept = await this.forward(theirs, 'logs', (items) =>
      encodeLogs(items.map(({ record }) => record)),
    );
    await this.own.logs({ ...decoded, items: [...mine, ...kept] });
  }

  private split<T>(items: readonly T[], telemetry: (item: T) => Origin) {
    const mine: T[] = [];
    const theirs = new Map<Neighbour, T[]>();
    for (const item of items) {
      const owner = this.neighbours.length > 0 ? this.ownerOf(telemetry(item)) : undefined;
      if (!owner) mine.push(item);
      else if (!theirs.get(owner)?.push(item)) theirs.set(owner, [item]);
    }
    return { mine, theirs };
  }

  private ownerOf(origin: Origin): Neighbour | undefined {
    const named = origin.resource.get('glassbox.workspace');
    if (named !== undefined) return this.neighbours.find(({ workspace }) => workspace === named);
    const paths = pathsOf(origin);
    return this.neighbours.find(({ folders }) =>
      folders.some((folder) => paths.some((path) => holds(folder, path))),
    );
  }

  /** Gives back what could not be handed on: better in the wrong window than in none. */
  private async forward<T>(
    theirs: ReadonlyMap<Neighbour, readonly T[]>,
    signal: 'traces' | 'logs',
    encode: (items: readonly T[]) => Uint8Array,
  ): Promise<readonly T[]> {
    const kept = [...theirs].map(async ([{ endpoint }, items]) => {
      try {
        const response = await fetch(`${endpoint}/v1/${signal}`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-protobuf' },
          body: new Uint8Array(encode(items)),
          signal: AbortSignal.timeout(5000),
        });
        return response.ok ? [] : items;
      } catch (error) {
        this.options.log.warn(`A window did not take its spans: ${toError(error).message}`);
        return items;
      }
    });
    return (await Promise.all(kept)).flat();
  }
}

type Origin = Pick<Span, 'resource' | 'attributes'>;

const resourcePaths = ['process.working_directory', 'logfire.code.work_dir', 'process.command'];
const spanPaths = ['code.file.path', 'code.filepath'];

function pathsOf({ resource, attributes }: Origin): readonly string[] {
  const values: (Value | undefined)[] = [
    ...resourcePaths.map((key) => resource.get(key)),
    ...spanPaths.map((key) => attributes.get(key)),
  ];
  return values.filter((value) => typeof value === 'string').filter(isAbsolute);
}

function holds(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return inside === '' || (!inside.startsWith('..') && !isAbsolute(inside));
}
