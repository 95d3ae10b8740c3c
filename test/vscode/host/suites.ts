/** Every suite that runs inside the extension host. */
import './manifest.test.ts';
