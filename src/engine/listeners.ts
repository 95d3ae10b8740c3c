import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, UserError } from '../base/errors';
import type { Log } from '../base/log';
import type { MaskSecrets } from '../base/secrets';
import { firstPort, portCount } from '../model/ports';
import { StandardPorts } from './standardPorts';
import { openReceiver, type Receiver, type ReceiverHandler } from '../otlp/receiver';
import type { IngestOptions, Listening, Neighbour } from './services';

const retryForMs = 5000;

/** What the listeners need of the thread's options, and the mask for what they receive. */
export type ListenerOptions = IngestOptions & { readonly mask: MaskSecrets };

interface Closable {
  close(): Promise<void>;
}

/** All sockets of one owner: its own port, gRPC where asked for, and the standard ports when free. */
export class Listeners {
  private readonly open_: Closable[] = [];
  private main: Receiver | undefined;
  private grpcAddress: string | undefined;
  private readonly standardPorts: StandardPorts;

  constructor(
    private readonly handler: ReceiverHandler,
    private readonly options: ListenerOptions,
    private readonly log: Log,
  ) {
    this.standardPorts = new StandardPorts(handler, options, log);
  }

  async open(): Promise<void> {
    this.main = await this.openMain();
    const { grpcPort } = this.options;
    if (grpcPort !== undefined) this.grpcAddress = await this.openGrpc(grpcPort);
    await this.standardPorts.take();
  }

  get listening(): Listening {
    if (!this.main) throw new Error('Not listening');
    return {
      endpoint: `http://127.0.0.1:${this.main.port}/w/${this.options.token}`,
      port: this.main.port,
      grpcAddress: this.grpcAddress,
    };
  }

  get heldPorts(): readonly number[] {
    return this.standardPorts.ports;
  }

  setNeighbours(neighbours: readonly Neighbour[]): void {
    this.standardPorts.setNeighbours(neighbours);
  }

  async close(): Promise<void> {
    await this.standardPorts.close();
    await Promise.all(this.open_.splice(0).map((listener) => listener.close()));
  }

  private async openMain(): Promise<Receiver> {
    const { port, whenTaken } = this.options;
    const deadline = Date.now() + (whenTaken === 'nextFree' ? retryForMs : 0);
    for (;;) {
      const receiver = await this.tryHttp(port);
      if (receiver) return receiver;
      if (whenTaken === 'fail') {
        throw new UserError(`Port ${port} is taken. Choose another one, or 0 for any free port.`);
      }
      if (Date.now() >= deadline) return this.openNextFree(port);
      await sleep(250);
    }
  }

  private async openNextFree(taken: number): Promise<Receiver> {
    for (let step = 1; step < portCount; step++) {
      const port = firstPort + ((taken - firstPort + step + portCount) % portCount);
      const receiver = await this.tryHttp(port);
      if (!receiver) continue;
      this.log.warn(`Port ${taken} is taken by another program: listening on ${port} instead`);
      return receiver;
    }
    throw new UserError(`No port from ${firstPort} to ${firstPort + portCount - 1} is free.`);
  }

  /** Undefined when the port is taken. */
  private async tryHttp(port: number): Promise<Receiver | undefined> {
    const { token, allowedHosts, mask } = this.options;
    try {
      const receiver = await openReceiver({
        ...{ port, token, allowedHosts, mask, handler: this.handler, log: this.log },
      });
      this.open_.push(receiver);
      return receiver;
    } catch (error) {
      if (errorCode(error) === 'EADDRINUSE' || errorCode(error) === 'EACCES') return undefined;
      throw error;
    }
  }

  /** gRPC is loaded only where it is used. */
  private async openGrpc(port: number): Promise<string> {
    const { openGrpcReceiver } = await import('../otlp/grpc');
    const receiver = await openGrpcReceiver({
      ...{ port, mask: this.options.mask, handler: this.handler, log: this.log },
    });
    this.open_.push(receiver);
    return `127.0.0.1:${receiver.port}`;
  }
}
