import {
  Server,
  ServerCredentials,
  status,
  type handleUnaryCall,
  type ServiceDefinition,
  type StatusObject,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { toError } from '../base/errors';
import {
  Budget,
  defaultLimits,
  deliver,
  freePortAttempts,
  graceMs,
  Overloaded,
  type Receiver,
  type ReceiverOptions,
} from './delivery';
import { encodeExportResponse, type Signal } from './encode';
import { RefusalLog } from './refusal';

/**
 * OTLP over gRPC. The library only moves bytes: messages are not decoded by it, so that bodies
 * take the same way as over HTTP. Import this file only where gRPC is asked for.
 */

const services: Readonly<Record<Signal, string>> = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
};

/**
 * Receives OTLP over gRPC on 127.0.0.1 and, where there is one, ::1. Rejects with an error whose
 * code is `EADDRINUSE` when the port is taken on either.
 */
export async function openGrpcReceiver(options: ReceiverOptions): Promise<Receiver> {
  for (let attempt = 1; ; attempt++) {
    const server = createGrpcServer(options);
    try {
      const port = await bind(server, '127.0.0.1', options.port);
      const hasIpv6 = await bindIfThere(server, '[::1]', port);
      const hosts = hasIpv6 ? ['127.0.0.1', '[::1]'] : ['127.0.0.1'];
      const addresses = hosts.map((host) => `${host}:${port}`);
      return { port, addresses, close: () => shutDown(server) };
    } catch (error) {
      server.forceShutdown();
      if (options.port !== 0 || attempt === freePortAttempts) throw error;
    }
  }
}

function createGrpcServer(options: ReceiverOptions): Server {
  const limits = { ...defaultLimits, ...options.limits };
  const server = new Server({
    'grpc.max_receive_message_length': limits.bodyBytes,
    'grpc.max_concurrent_streams': 100,
    'grpc.keepalive_time_ms': limits.requestTimeoutMs,
    'grpc.keepalive_timeout_ms': limits.headersTimeoutMs,
  });
  const exports = new GrpcExports(options, new Budget(limits.inFlightBytes));
  for (const signal of ['traces', 'logs', 'metrics'] as const) {
    const Export: handleUnaryCall<Buffer, Uint8Array> = (call, reply) => {
      exports.take(signal, call.request).then(
        (response) => reply(null, response),
        (refused: GrpcRefusal) => reply(refused),
      );
    };
    const implementation: UntypedServiceImplementation = { Export };
    server.addService(definitionOf(services[signal]), implementation);
  }
  return server;
}

/** A service with its one method, whose messages stay bytes. */
function definitionOf(service: string): ServiceDefinition {
  const same = (bytes: Buffer) => bytes;
  return {
    Export: {
      path: `/${service}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes),
      responseDeserialize: same,
    },
  };
}

/** The failure the library sends as the status of a call. */
class GrpcRefusal extends Error implements Partial<StatusObject> {
  readonly details: string;

  constructor(
    readonly code: status,
    message: string,
  ) {
    super(message);
    this.details = message;
  }
}

class GrpcExports {
  private readonly refusals: RefusalLog;

  constructor(
    private readonly options: ReceiverOptions,
    private readonly budget: Budget,
  ) {
    this.refusals = new RefusalLog(options.log);
  }

  /** Resolves with the response when all is committed, rejects with a `GrpcRefusal`. */
  async take(signal: Signal, body: Buffer): Promise<Uint8Array> {
    if (!this.budget.take(body.length)) throw this.refuse(signal, overloadedRefusal());
    try {
      const taken = await deliver({ signal, format: 'protobuf', body }, this.options);
      if ('malformed' in taken) throw new GrpcRefusal(status.INVALID_ARGUMENT, taken.malformed);
      if (taken.problem !== '') this.refusals.write(taken.problem);
      return encodeExportResponse(taken.rejected, taken.problem);
    } catch (error) {
      throw this.refuse(signal, this.refusalOf(error));
    } finally {
      this.budget.giveBack(body.length);
    }
  }

  private refusalOf(error: unknown): GrpcRefusal {
    if (error instanceof GrpcRefusal) return error;
    if (!(error instanceof Overloaded)) this.options.log.error(toError(error));
    return overloadedRefusal();
  }

  private refuse(signal: Signal, refusal: GrpcRefusal): GrpcRefusal {
    this.refusals.write(`Refused ${signal} over gRPC: ${refusal.message}`);
    return refusal;
  }
}

/** The code that exporters try again after. */
function overloadedRefusal(): GrpcRefusal {
  return new GrpcRefusal(status.UNAVAILABLE, 'Too much is waiting to be stored; send this again');
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (!error) resolve(bound);
      else reject(withCode(error));
    });
  });
}

/** The library says what the system said only in its message. */
function withCode(error: Error): Error {
  const [code] = /\bE[A-Z]{4,}\b/.exec(error.message) ?? [];
  return code === undefined ? error : Object.assign(new Error(error.message), { code });
}

async function bindIfThere(server: Server, host: string, port: number): Promise<boolean> {
  try {
    await bind(server, host, port);
    return true;
  } catch (error) {
    if (/EADDRINUSE/.test(toError(error).message)) throw error;
    return false;
  }
}

function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.forceShutdown(), graceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
