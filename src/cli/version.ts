/** Replaced by the build with the version in package.json. */
declare const GLASSBOX_VERSION: string | undefined;

export const version = typeof GLASSBOX_VERSION === 'string' ? GLASSBOX_VERSION : 'development';
