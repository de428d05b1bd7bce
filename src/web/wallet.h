/* What the pages of the wallet share. */
#ifndef MR_WEB_WALLET_H
#define MR_WEB_WALLET_H

#include "service/claim.h"
#include "service/wallet.h"
#include "web/page.h"

/* Only people have a wallet; whoever came in by the operator's link has not. False: it has answered. */
bool mr_web_has_wallet(mr_page *p);
/* Which of the wallet's pages this is, for web/templates/wallet_tabs.html: "all", "collections", "shares", "add". */
void mr_web_put_wallet_tab(mr_page *p, const char *tab);
/* One item as an object: id, title, issuer, dates, credit, its state as word and sign. */
void mr_web_put_wallet_item(mr_page *p, const struct mr_wallet_item_row *row);
/* A kept item as the claim that it was: its files are those of the claim page (web/credential_file.h). */
struct mr_claim mr_web_wallet_claim(const struct mr_wallet_item *item);
/* Answer with the file of this name: one of those of a kept item, "original" of one from elsewhere; else with "no such page". */
void mr_web_wallet_hand_out(mr_page *p, const struct mr_wallet_item *item, mr_str name);
/* Answer with these octets as a file, named after the item, with the ending that its octets call for. */
void mr_web_wallet_hand_out_octets(mr_page *p, const struct mr_wallet_item *item, mr_str content);
/* A report (JSON as mr_report_write_json writes it) as the members summary, story, checks, elements. */
int mr_web_put_report_json(mr_page *p, mr_str report, struct mr_err *err) MR_MUST_CHECK;

#endif
