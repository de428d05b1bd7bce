/* The files of a credential that its learner has accepted: as it was sealed, on paper, as a picture. The claim page and the wallet hand out the same. */
#ifndef MR_WEB_CREDENTIAL_FILE_H
#define MR_WEB_CREDENTIAL_FILE_H

#include "service/claim.h"
#include "web/page.h"

/* What the templates need to offer them: "files_at", and which forms there are. at: "/claim/<id>/<mac>/file", kept until the page is shown. */
void mr_web_put_credential_files(mr_page *p, mr_str at, const struct mr_claim *claim);
/* Answer with the file of this name ("european", "certificate", "badge.png" ...), or with "no such page".
 *   claim  accepted, and the reader's: the caller has asked; its achievement, organisation, specification and sealed bytes are looked at */
void mr_web_credential_file(mr_page *p, const struct mr_claim *claim, mr_str name);

#endif
