import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { errorCode } from '../base/errors';
import {
  Budget,
  defaultLimits,
  freePortAttempts,
  graceMs,
  type Limits,
  type Receiver,
  type ReceiverOptions,
} from './delivery';
import { HttpRequests } from './httpRequests';
import { RefusalLog } from './refusal';

export { Overloaded, type Limits, type Receiver, type ReceiverHandler } from './delivery';

export interface HttpReceiverOptions extends ReceiverOptions {
  /** Names beside the loopback ones by which senders may call this machine. */
  readonly allowedHosts?: readonly string[];
  /** Opens `POST /w/<token>/call` to who knows it. */
  readonly token?: string;
}

/**
 * Receives OTLP over HTTP on 127.0.0.1 and, where there is one, ::1. Rejects with the system's
 * error (`EADDRINUSE`) when the port is taken on either.
 */
export async function openReceiver(options: HttpReceiverOptions): Promise<Receiver> {
  const limits = { ...defaultLimits, ...options.limits };
  const refusals = new RefusalLog(options.log);
  const budget = new Budget(limits.inFlightBytes);
  const requests = new HttpRequests({ ...options, limits, budget, refusals });
  const newServer = () => createLimitedServer(limits, { requests, refusals });
  const servers = await listenOnLoopback(options.port, newServer);
  const addresses = servers.map((server) => server.address() as AddressInfo);
  const port = addresses[0]?.port ?? options.port;
  return {
    port,
    addresses: addresses.map(({ address, family }) =>
      family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`,
    ),
    close: () => closeAll(servers, requests),
  };
}

function createLimitedServer(
  limits: Limits,
  { requests, refusals }: { requests: HttpRequests; refusals: RefusalLog },
): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1000, limits.headersTimeoutMs),
      keepAliveTimeout: 60_000,
      noDelay: true,
    },
    (request: IncomingMessage, response: ServerResponse) => requests.answer(request, response),
  );
  server.maxConnections = 1000;
  server.on('clientError', (error, socket) => refuseConnection(error, socket as Socket, refusals));
  return server;
}

/** What is not HTTP, or does not come to an end. */
function refuseConnection(
  error: Error & { rawPacket?: unknown },
  socket: Socket,
  refusals: RefusalLog,
): void {
  const code = errorCode(error);
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const sent = Buffer.isBuffer(error.rawPacket) ? error.rawPacket : Buffer.alloc(0);
  if (sent.toString('latin1', 0, 5) === 'PRI *') {
    refusals.write(
      'An exporter speaks gRPC to the HTTP port: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    );
  } else refusals.write(`Refused a connection that is not HTTP as it should be: ${error.message}`);
  const [status, reason] =
    code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, 'Request Timeout']
      : code === 'HPE_HEADER_OVERFLOW'
        ? [431, 'Request Header Fields Too Large']
        : [400, 'Bad Request'];
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** A free port must be free on both addresses. */
async function listenOnLoopback(port: number, newServer: () => Server): Promise<Server[]> {
  for (let attempt = 1; ; attempt++) {
    const first = await listen(newServer(), port, '127.0.0.1');
    try {
      const chosen = (first.address() as AddressInfo).port;
      return [first, await listen(newServer(), chosen, '::1')];
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return [first];
      await new Promise((resolve) => first.close(resolve));
      if (port !== 0 || code !== 'EADDRINUSE' || attempt === freePortAttempts) throw error;
    }
  }
}

function listen(server: Server, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

async function closeAll(servers: readonly Server[], requests: HttpRequests): Promise<void> {
  const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
  await requests.settled(graceMs);
  for (const server of servers) server.closeAllConnections();
  await Promise.all(closed);
}
