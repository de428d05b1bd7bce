/* What the pages of the wallet share. */
#ifndef MR_WEB_WALLET_H
#define MR_WEB_WALLET_H

#include "service/wallet.h"
#include "web/page.h"

/* Only people have a wallet; whoever came in by the operator's link has not. False: it has answered. */
bool mr_web_has_wallet(mr_page *p);
/* Which of the wallet's pages this is, for web/templates/wallet_tabs.html: "all", "collections", "add". */
void mr_web_put_wallet_tab(mr_page *p, const char *tab);
/* One item as an object: id, title, issuer, dates, credit, its state as word and sign. */
void mr_web_put_wallet_item(mr_page *p, const struct mr_wallet_item_row *row);
/* A report (JSON as mr_report_write_json writes it) as the members summary, story, checks, elements. */
int mr_web_put_report_json(mr_page *p, mr_str report, struct mr_err *err) MR_MUST_CHECK;

#endif
