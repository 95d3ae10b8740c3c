import { createHash, randomBytes } from 'node:crypto';
import { firstPort, portCount } from '../model/ports';

/** Names a workspace without telling where it lies: 16 hex characters of its folder's hash. */
export function workspaceId(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 16);
}

/** The port a workspace asks for first, always the same one. */
export function preferredPort(workspace: string): number {
  return firstPort + (Number.parseInt(workspace.slice(0, 8), 16) % portCount);
}

/** 128 random bits in hex, for the base path that names a workspace. */
export function createToken(): string {
  return randomBytes(16).toString('hex');
}

export function createRunId(): string {
  return randomBytes(8).toString('hex');
}
