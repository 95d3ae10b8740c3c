/** The entry that `dotprompt` itself loads, so that a bundle holds the library once. */
declare module 'handlebars/dist/cjs/handlebars.js' {
  import Handlebars from 'handlebars';
  export { Handlebars as default };
}
