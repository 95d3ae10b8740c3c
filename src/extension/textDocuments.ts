import * as vscode from 'vscode';
import { Disposables } from '../base/disposable';

const scheme = 'glassbox-text';

/** Texts out of traces as read-only documents: real tabs, with nothing to save on closing. */
export class TextDocuments implements vscode.Disposable {
  private readonly disposables = new Disposables();
  private readonly texts = new Map<string, string>();
  private opened = 0;

  constructor() {
    this.disposables.add(
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        provideTextDocumentContent: (uri) => this.texts.get(uri.toString()) ?? '',
      }),
    );
    this.disposables.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
    );
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** The address under which a text can be opened, also in the diff editor. */
  add(title: string, text: string): vscode.Uri {
    const name =
      title
        .replace(/[\\/:*?"<>|\s]+/g, ' ')
        .trim()
        .slice(0, 80) || 'text';
    const uri = vscode.Uri.from({ scheme, path: `/${this.opened++}/${name}` });
    this.texts.set(uri.toString(), text);
    return uri;
  }

  async open(title: string, language: string, text: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.add(title, text));
    await vscode.languages.setTextDocumentLanguage(document, language);
    await vscode.window.showTextDocument(document, { preview: true });
  }
}
