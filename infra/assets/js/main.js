// The portal's script. Order matters once: navigation first, so that the rest can mount.
import './navigate.js';
import './times.js';
import './dialogs.js';
import './listing.js';
import './items.js';
import './tree.js';
import './preview.js';
import './access.js';
import './administration.js';
import './uploads/drop.js';
import './keys.js';
