import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useHost } from './host';

/**
 * Markdown from a trace. The text is hostile: HTML in it stays text, images are never loaded,
 * and a link carries its target as data, not as `href`, so that following it always goes
 * through the extension, which shows where it leads.
 */

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true });
const { escapeHtml } = markdown.utils;

markdown.validateLink = isOpenable;
markdown.renderer.rules.link_open = (tokens, index) => linkStart(tokens[index]?.attrGet('href'));
markdown.renderer.rules.image = (tokens, index) => {
  const token = tokens[index];
  const name = token?.content === '' || !token ? 'image' : token.content;
  return `${linkStart(token?.attrGet('src'))}[image: ${escapeHtml(name)}]</a>`;
};

function linkStart(target: string | number | null | undefined): string {
  const url = escapeHtml(String(target ?? ''));
  return `<a role="link" tabindex="0" title="${url}" data-link="${url}">`;
}

/** True for what `openLink` may be asked to open. */
export function isOpenable(url: string): boolean {
  return /^https?:\/\//i.test(url.trim());
}

const allowed = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote'],
    ...['pre', 'code', 'em', 'strong', 's', 'a', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  ALLOWED_ATTR: ['role', 'tabindex', 'title', 'data-link', 'start'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
} as const;

/** Renders markdown to sanitised elements. */
export function renderMarkdown(text: string): DocumentFragment {
  return DOMPurify.sanitize(markdown.render(text), {
    ...allowed,
    ALLOWED_TAGS: [...allowed.ALLOWED_TAGS],
    ALLOWED_ATTR: [...allowed.ALLOWED_ATTR],
  });
}

export function Markdown({ text }: { readonly text: string }) {
  const host = useHost();
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    element.current?.replaceChildren(renderMarkdown(text));
  }, [text]);
  const follow = (event: Event) => {
    const target = event.target instanceof Element ? event.target.closest('[data-link]') : null;
    const url = target?.getAttribute('data-link');
    if (!url || !isOpenable(url)) return;
    event.preventDefault();
    void host.openLink(url);
  };
  return (
    <div
      ref={element}
      class="markdown"
      onClick={follow}
      onKeyDown={(event) => event.key === 'Enter' && follow(event)}
    />
  );
}
