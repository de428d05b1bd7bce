#include "service/mail.h"
#include "model/contact.h"
#include "store/mail.h"

int mr_mail_queue(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_mail *mail, mr_str *ret_id,
                  struct mr_err *err)
{
    if (!mr_contact_is_email(mail->to)) return MR_FAIL(err, MR_E_FORMAT, "this is no e-mail address", MR_NOWHERE);
    const struct mr_mail_row row = {.org_id = mail->org_id,
                                    .template_name = mr_str_of(mail->template_name),
                                    .language = mail->language,
                                    .recipient = mail->to,
                                    .object_id = mail->object_id,
                                    .data = mail->data,
                                    .next_at = mail->at ? mail->at : mr_env_now(mr_service_env(s))};
    return mr_store_mail_add(tx, a, mr_service_env(s), &row, ret_id, err);
}
