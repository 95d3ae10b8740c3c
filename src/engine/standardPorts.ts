import { errorCode } from '../base/errors';
import type { Log } from '../base/log';
import { openReceiver, type Receiver, type ReceiverHandler } from '../otlp/receiver';
import { SharedPortRouter } from './sharedPortRouter';
import type { ListenerOptions } from './listeners';
import type { Neighbour } from './services';

const retryEveryMs = 5000;

/**
 * The ports SDKs send to unasked, held beside the own one while nobody else has them. They are a
 * courtesy: who has them keeps them, and when they fall free the next window takes them.
 */
export class StandardPorts {
  private readonly held = new Map<number, Receiver>();
  private readonly router: SharedPortRouter;
  private readonly timer: NodeJS.Timeout;
  private closed = false;

  constructor(
    handler: ReceiverHandler,
    private readonly options: ListenerOptions,
    private readonly log: Log,
  ) {
    this.router = new SharedPortRouter(handler, { workspace: options.workspace, log });
    this.timer = setInterval(() => void this.take(), retryEveryMs);
    this.timer.unref();
  }

  /** In ascending order. */
  get ports(): readonly number[] {
    return [...this.held.keys()].sort((a, b) => a - b);
  }

  /** Takes what is free of them now. */
  async take(): Promise<void> {
    const { standardPorts, allowedHosts, mask } = this.options;
    if (!standardPorts || this.closed) return;
    const shared = { handler: this.router, log: this.log, mask };
    await this.tryPort(standardPorts.http, (port) =>
      openReceiver({ ...shared, port, allowedHosts }),
    );
    await this.tryPort(standardPorts.grpc, async (port) => {
      const { openGrpcReceiver } = await import('../otlp/grpc');
      return openGrpcReceiver({ ...shared, port });
    });
  }

  setNeighbours(neighbours: readonly Neighbour[]): void {
    this.router.setNeighbours(neighbours);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await Promise.all([...this.held.values()].map((receiver) => receiver.close()));
    this.held.clear();
  }

  private async tryPort(port: number, open: (port: number) => Promise<Receiver>): Promise<void> {
    if (this.held.has(port)) return;
    try {
      const receiver = await open(port);
      if (this.closed) await receiver.close();
      else this.held.set(port, receiver);
    } catch (error) {
      this.log.debug(`Port ${port} is taken by another program (${errorCode(error) ?? 'busy'})`);
    }
  }
}
