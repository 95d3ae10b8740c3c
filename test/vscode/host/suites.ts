/** Every suite that runs inside the extension host. */
import './activation.test.ts';
import './receiver.test.ts';
import './environment.test.ts';
