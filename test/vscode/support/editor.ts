import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type FrameLocator,
  type Locator,
  type Page,
} from 'playwright-core';
import { startCodeServer } from '../../../scripts/codeServer.mjs';
import { findBrowser, root } from '../../../scripts/setup.mjs';
import { Host } from './host.ts';

export interface EditorOptions {
  /** The folder to open; none gives an empty window. */
  readonly folder?: string;
  /** Added to the user settings of a quiet editor. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: NodeJS.ProcessEnv;
  readonly size?: { readonly width: number; readonly height: number };
}

/** Nothing that blinks, asks or reaches out. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'terminal.integrated.gpuAcceleration': 'off',
  'update.mode': 'none',
  'window.confirmBeforeClose': 'never',
  'workbench.colorTheme': 'Default Light Modern',
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

export const browserSwitches = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

export const themes = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  highContrast: 'Default High Contrast',
} as const;
export type Theme = keyof typeof themes;

/** Installed beside Glassbox, because a page can name only one extension under development. */
const bridgeExtension = fileURLToPath(new URL('../bridge', import.meta.url));

/**
 * Starts an editor of its own and opens it in a page, with the package that GLASSBOX_TEST_PACKAGE
 * names installed, or else with Glassbox as built in this folder.
 */
export async function openEditor(options: EditorOptions = {}): Promise<Editor> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'editor-under-test-'));
  const secret = randomUUID();
  const bridge = join(dataFolder, 'bridge');
  const vsix = process.env.GLASSBOX_TEST_PACKAGE;
  await cp(bridgeExtension, join(dataFolder, 'extensions', 'glassbox.test-bridge-0.0.0'), {
    recursive: true,
  });
  const server = await startCodeServer({
    dataFolder,
    ...(vsix !== undefined && { vsix }),
    settings: { ...quietSettings, ...options.settings },
    env: {
      ...withoutKeys(process.env),
      GLASSBOX_HOME: join(dataFolder, 'home'),
      ...options.env,
      GLASSBOX_TEST_BRIDGE: bridge,
      GLASSBOX_TEST_SECRET: secret,
    },
  });
  const editor = new Editor({
    server,
    dataFolder,
    bridge,
    host: new Host(bridge, secret),
    ...(vsix === undefined && { extension: root }),
  });
  try {
    await editor.open(options);
    return editor;
  } catch (error) {
    await editor.close();
    throw error;
  }
}

/** Tests pay nobody: without a key the sample answers by itself. */
export function withoutKeys(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(OPENAI|OTEL)_/.test(name)));
}

interface Parts {
  readonly server: Awaited<ReturnType<typeof startCodeServer>>;
  readonly dataFolder: string;
  readonly host: Host;
  /** The file the bridge extension writes its address into. */
  readonly bridge: string;
  /** The folder of the extension under development; none where a package is installed. */
  readonly extension?: string;
}

/** A VS Code in a browser page, driven as a person would, and through its API. */
export class Editor {
  /** Errors of Glassbox that reached a console, be it of its pages or of its host. */
  readonly errors: string[] = [];
  readonly host: Host;
  /** Where this editor keeps everything it writes; removed on close. */
  readonly dataFolder: string;
  private readonly parts: Parts;
  private browser: Browser | undefined;
  private context: BrowserContext | undefined;
  private opened: Page | undefined;

  constructor(parts: Parts) {
    this.parts = parts;
    this.host = parts.host;
    this.dataFolder = parts.dataFolder;
  }

  get page(): Page {
    if (!this.opened) throw new Error('The editor has no page yet.');
    return this.opened;
  }

  /** What the server and the extension host printed. */
  get log(): string {
    return this.parts.server.log();
  }

  async open({ folder, size = { width: 1400, height: 900 } }: EditorOptions): Promise<void> {
    this.browser = await chromium.launch({ executablePath: findBrowser(), args: browserSwitches });
    this.context = await this.browser.newContext({ viewport: size });
    this.opened = await this.context.newPage();
    this.page.setDefaultTimeout(60_000);
    this.page.on('console', (message) => {
      if (message.type() === 'error') this.note(`${message.text()} (${message.location().url})`);
    });
    this.page.on('pageerror', (error) => this.note(error.stack ?? error.message));
    await this.page.goto(this.parts.server.page({ folder, extension: this.parts.extension }));
    await this.ready();
  }

  /**
   * Makes the editor write down what is open, and waits until that holds a text. A browser leaves
   * a page no time to do so on its way out; people look elsewhere for a moment before they reload.
   */
  async saveState(holding: string): Promise<void> {
    await this.page.evaluate(async (text) => {
      document.hasFocus = () => false;
      const end = Date.now() + 20_000;
      while (Date.now() < end) {
        window.dispatchEvent(new Event('focus'));
        window.dispatchEvent(new Event('blur'));
        const databases = await indexedDB.databases();
        for (const { name = '' } of databases) {
          if (name.startsWith('vscode-web-state-db') && (await holds(name, text))) return;
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      throw new Error(`The state of the editor never held ${text}`);

      function holds(name: string, text: string): Promise<boolean> {
        return new Promise((resolve, reject) => {
          const opening = indexedDB.open(name);
          opening.onerror = () => reject(new Error(`${name} cannot be opened`));
          opening.onsuccess = () => {
            const database = opening.result;
            const asked = database
              .transaction('ItemTable')
              .objectStore('ItemTable')
              .get('memento/workbench.parts.editor');
            asked.onerror = () => reject(new Error(`${name} cannot be read`));
            asked.onsuccess = () => {
              database.close();
              resolve(String(asked.result).includes(text));
            };
          };
        });
      }
    }, holding);
  }

  /** Reloads the window, as *Developer: Reload Window* does. */
  async reload(): Promise<void> {
    await rm(this.parts.bridge, { force: true });
    await this.page.reload();
    await this.ready();
  }

  private async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    await this.host.ready();
  }

  /** Runs a command by its title through the command palette, and fails if it is not offered. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await input.fill(`>${title}`);
    await this.quickPickRow(title).first().click();
  }

  /** A row of the list that is open at the top of the window. */
  quickPickRow(text: string | RegExp): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text });
  }

  /** Answers the input box that is open at the top of the window. */
  async answer(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await input.fill(text);
    await input.press('Enter');
  }

  /** A row of a tree in the sidebar, by a part of what is written on it. */
  sidebarRow(text: string | RegExp): Locator {
    return this.page.locator('.sidebar .monaco-list-row').filter({ hasText: text });
  }

  /** Opens a container of the activity bar by its name. */
  async showContainer(name: string): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name, exact: true });
    if ((await tab.getAttribute('aria-expanded')) !== 'true') await tab.click();
  }

  /** The inside of the webview in front. */
  webview(): FrameLocator {
    return this.page
      .frameLocator('iframe.webview.ready:visible')
      .first()
      .frameLocator('iframe#active-frame');
  }

  /** The text of every notification on screen. */
  async notifications(): Promise<readonly string[]> {
    return this.page.locator('.notification-list-item-message').allInnerTexts();
  }

  async setTheme(theme: Theme): Promise<void> {
    await this.host.run(
      (vscode, name) =>
        vscode.workspace
          .getConfiguration('workbench')
          .update('colorTheme', name, vscode.ConfigurationTarget.Global),
      themes[theme],
    );
    const kind = { light: 'vs', dark: 'vs-dark', highContrast: 'hc-black' }[theme];
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
  }

  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  }

  async close(): Promise<void> {
    await this.browser?.close();
    await this.parts.server.close();
    await rm(this.dataFolder, { recursive: true, force: true, maxRetries: 5 });
  }

  private note(problem: string): void {
    if (ours.test(problem)) this.errors.push(problem);
  }
}

/** The editor itself reports much that needs the internet; this tells our pages and host apart. */
const ours = /glassbox|dist\/webview|Content[- ]Security[- ]Policy/i;
