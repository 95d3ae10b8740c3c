import type { Part } from '../model/observation';

type Media = Extract<Part, { readonly type: 'media' }>;

/** A file by its address, or in it where that is a `data:` one. */
export function mediaOfUrl(url: string, mime = 'image/*'): Media {
  const [, type, data] = /^data:([^;,]*)(?:;[^;,]+)*;base64,(.*)$/s.exec(url) ?? [];
  if (data === undefined) return { type: 'media', mime, url };
  return { type: 'media', mime: type === undefined || type === '' ? mime : type, data };
}

/** The address of a file, a `data:` one where its content is there; undefined where it has neither. */
export function urlOfMedia({ mime, data, url }: Media): string | undefined {
  return data === undefined ? url : `data:${mime};base64,${data}`;
}
