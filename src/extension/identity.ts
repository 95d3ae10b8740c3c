import { join } from 'node:path';
import type * as vscode from 'vscode';
import { workspace } from 'vscode';
import { createToken, preferredPort, workspaceId } from '../run/workspace';

/**
 * What makes this window's workspace the same one after every reload: its id, its port and the
 * token in its base path. Read synchronously, since terminals need them at activation.
 */
export interface Identity {
  readonly workspace: string;
  /** Where the workspace's folders lie; none for a window without a folder. */
  readonly folders: readonly string[];
  readonly port: number;
  readonly token: string;
  readonly storeFile: string;
}

const tokenKey = 'receiver.token';

export function identityOf(context: vscode.ExtensionContext): Identity {
  const folders = (workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const subject = workspace.workspaceFile?.fsPath ?? folders[0] ?? 'no-folder';
  const id = workspaceId(subject);
  // A window without a folder has no state of its own to remember a token in.
  const state = folders.length > 0 ? context.workspaceState : context.globalState;
  const token = state.get<string>(tokenKey) ?? createToken();
  void state.update(tokenKey, token);
  const storage = context.storageUri?.fsPath ?? join(context.globalStorageUri.fsPath, 'no-folder');
  return {
    ...{ workspace: id, folders, token, port: preferredPort(id) },
    storeFile: join(storage, 'glassbox.db'),
  };
}
