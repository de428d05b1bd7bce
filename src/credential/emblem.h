/* Merit's sign: an M within a seal with scallops. Points for mr_canvas_path, around 16, 15; the seal is 30 wide. */
#ifndef MR_CREDENTIAL_EMBLEM_H
#define MR_CREDENTIAL_EMBLEM_H

enum { MR_EMBLEM_SCALLOPS = 20, MR_EMBLEM_LETTER = 5 };         /* points */
extern const double mr_emblem_scallops[2 * MR_EMBLEM_SCALLOPS]; /* closed */
extern const double mr_emblem_letter[2 * MR_EMBLEM_LETTER];     /* open */

#endif
