/* Every limit of Merit in one place: sizes in bytes, times in milliseconds, otherwise counts. */
#ifndef MR_BASE_LIMITS_H
#define MR_BASE_LIMITS_H

#define MR_KIB ((size_t)1024)
#define MR_MIB (1024 * MR_KIB)

#define MR_LIMIT_DOCUMENT (16 * MR_MIB)        /* one credential or specification, as read */
#define MR_LIMIT_JSON_DEPTH 64                 /* nesting of arrays and objects */
#define MR_LIMIT_JSON_DEPTH_MOST 1024          /* and the most that a caller may ask for */
#define MR_LIMIT_DOCUMENT_MEMORY (96 * MR_MIB) /* arena of one document's work */
#define MR_LIMIT_TABLE (64 * MR_MIB)           /* an uploaded table; the command line streams and has no such limit */
#define MR_LIMIT_TABLE_ROW (256 * MR_KIB)      /* one row of a table */
#define MR_LIMIT_TABLE_COLUMNS 256
#define MR_LIMIT_ZIP_ENTRIES 1000                  /* files in an archive, such as a workbook is */
#define MR_LIMIT_XLSX_UNPACKED (512 * MR_MIB)      /* all of them together, unpacked; streamed, never held */
#define MR_LIMIT_XLSX_TEXT (128 * MR_MIB)          /* memory of a workbook's shared strings and styles */
#define MR_LIMIT_XLSX_STRINGS 2000000              /* of them */
#define MR_LIMIT_XLSX_ROWS 1048576                 /* rows of a sheet, blank ones too */
#define MR_LIMIT_MAPPING (64 * MR_KIB)             /* which column holds what, as JSON */
#define MR_LIMIT_ENROLMENT_ROWS 10000              /* learners enrolled from one file */
#define MR_LIMIT_UPLOAD_ROWS 100000                /* rows of one uploaded batch */
#define MR_LIMIT_PAGE_IMAGE (40 * MR_KIB)          /* the drawn certificate inside an ELM document */
#define MR_LIMIT_BADGE_IMAGE (40 * MR_KIB)         /* a badge's picture as Merit draws it */
#define MR_LIMIT_BAKED 16                          /* badges in one picture */
#define MR_LIMIT_BAKED_TEXT (4 * MR_MIB)           /* one of them, inflated */
#define MR_LIMIT_PDF (64 * MR_MIB)                 /* a certificate that is made, with what is attached */
#define MR_LIMIT_PDF_PAGES 200                     /* of one */
#define MR_LIMIT_PDF_ATTACHMENTS 16                /* files attached to a PDF that is read */
#define MR_LIMIT_PDF_OBJECTS 100000                /* of it */
#define MR_LIMIT_PDF_DEPTH 64                      /* lists and dictionaries within each other */
#define MR_LIMIT_PDF_UNPACKED (32 * MR_MIB)        /* all that is unpacked of it */
#define MR_LIMIT_PDF_WORK 16                       /* times that its octets, and those unpacked, may be looked at */
#define MR_LIMIT_PICTURE_PIXELS ((size_t)64000000) /* of a photograph that is decoded */
#define MR_LIMIT_PICTURE_KEPT ((size_t)8000000)    /* and of its pixels that are kept; of a PNG all */
#define MR_LIMIT_LOGO_FILE (4 * MR_MIB)            /* a logo or signature as it is given in */
#define MR_LIMIT_LOGO_KEPT (512 * MR_KIB)          /* and as it is kept */
#define MR_LIMIT_LOGO_WIDE 760                     /* pixels of it: four to a point on paper */
#define MR_LIMIT_LOGO_HIGH 200
#define MR_LIMIT_CODE_SHOWN 300       /* octets of a QR code's text that are told */
#define MR_LIMIT_XML_DEPTH 256        /* elements within elements */
#define MR_LIMIT_MANDATE (1 * MR_MIB) /* a mandate enclosed in credentials */
#define MR_LIMIT_KEY_FILE (256 * MR_KIB)
#define MR_LIMIT_PKCS11_URI (4 * MR_KIB)
#define MR_LIMIT_PKCS11_SESSIONS 16        /* kept open for one key in a token */
#define MR_LIMIT_PKCS11_SLOTS 64           /* tokens looked at */
#define MR_LIMIT_CERTIFICATE (64 * MR_KIB) /* one certificate, DER */
#define MR_LIMIT_CERTIFICATES 64           /* in one seal, chain, or evidence */
#define MR_LIMIT_CHAIN 8                   /* certificates from the seal to the anchor */
#define MR_LIMIT_CHAIN_TRIES 64            /* signatures checked in search of a chain */
#define MR_LIMIT_SIGNATURES 8              /* parallel seals of one file */
#define MR_LIMIT_TIMESTAMP (128 * MR_KIB)  /* one RFC 3161 token */
#define MR_LIMIT_TIMESTAMPS 32             /* tokens in one seal */
#define MR_LIMIT_EVIDENCE 64               /* OCSP responses in one seal, and as many CRLs */
#define MR_LIMIT_SEAL_PARTS 256            /* elements of a seal's unsigned part (etsiU) */
#define MR_LIMIT_CRIT 32                   /* entries of a header's crit */
#define MR_LIMIT_CLOCK_SKEW_MS 300000 /* by which the clocks of a sealer and of time-stamp authorities may differ */
#define MR_LIMIT_EVIDENCE_AGE_MS 604800000    /* revocation evidence without next update: this much before the seal */
#define MR_LIMIT_EVIDENCE_SHARED_MS 3600000   /* what was asked for one file of a batch serves the others so long */
#define MR_LIMIT_EVIDENCE_KEPT 64             /* answers remembered for that */
#define MR_LIMIT_EVIDENCE_ANSWER (4 * MR_MIB) /* an OCSP response or CRL */
#define MR_LIMIT_SHORT_RSA_UNTIL INT64_C(1924991999000) /* RSA below 3072 bits protects nothing new after 2030 */
#define MR_LIMIT_ANCHORS 8192                           /* trust anchors read from a folder */
#define MR_LIMIT_TEXT 10000                             /* one text of a specification, code points */
#define MR_LIMIT_NAME 200                               /* a person's name, code points */
#define MR_LIMIT_FINDINGS 200               /* faults told about one specification or row; the rest is counted */
#define MR_LIMIT_FINDING_VALUE 120          /* octets shown of what was written */
#define MR_LIMIT_TRUSTED_LIST (32 * MR_MIB) /* one trusted list, as fetched: XML or a JWS */
#define MR_LIMIT_TRUSTED_LIST_MEMORY ((size_t)1024 * MR_MIB) /* of the process that reads its XML */
#define MR_LIMIT_TRUSTED_LIST_SECONDS 30                     /* of processor time */
#define MR_LIMIT_LISTS 256                                   /* trusted lists kept */
#define MR_LIMIT_LIST_FAULTS 20                              /* told of one list; the rest is counted */
#define MR_LIMIT_ANCHOR_FILE (16 * MR_MIB)                   /* one file of anchors or known issuers */
#define MR_LIMIT_HTTP_BODY (12 * MR_MIB)                     /* a table of 100,000 results fits */
#define MR_LIMIT_HTTP_BODIES (128 * MR_MIB)                  /* of all requests being received or answered */
#define MR_LIMIT_HTTP_RESPONSE (64 * MR_MIB)
#define MR_LIMIT_HTTP_MEMORY (96 * MR_MIB) /* arena of one request's work */
#define MR_LIMIT_HTTP_PARTS 64             /* of a multipart form */
#define MR_LIMIT_HTTP_HEADERS 100
#define MR_LIMIT_HTTP_HEADER_BYTES (32 * MR_KIB)
#define MR_LIMIT_HTTP_CONNECTIONS 512
#define MR_LIMIT_HTTP_PER_ADDRESS 128 /* connections; a network of a whole university may stand behind one address */
#define MR_LIMIT_HTTP_IDLE_MS 15000   /* a kept connection without a request */
#define MR_LIMIT_HTTP_HEAD_MS 10000   /* from the first byte of a request to the end of its headers */
#define MR_LIMIT_HTTP_REQUEST_MS                                                                                       \
    30000 /* from the first byte to the last of a request, and for its answer to be taken; */
#define MR_LIMIT_HTTP_BYTES_PER_S (16 * MR_KIB) /* longer for those who keep up this rate */
#define MR_LIMIT_HTTP_LINGER_MS 30000           /* to read on after a refusal, so that it arrives */
#define MR_LIMIT_HTTP_STOP_HEAD_MS 1000         /* for new connections to say something then */
#define MR_LIMIT_HTTP_STOP_MS 5000              /* for requests still being received when the server stops */
#define MR_LIMIT_VERIFY_ARCHIVE 100 /* files of an archive that are looked at; below the burst of one address */
#define MR_LIMIT_VERIFY_UNPACKED (64 * MR_MIB) /* all of its files together, unpacked; each is held alone */
#define MR_LIMIT_VERIFY_FILES 20               /* files in one upload to the verify page */
#define MR_LIMIT_DB_READERS 4                  /* connections that read, beside the one that writes */
#define MR_LIMIT_DB_CONNECTIONS 24             /* to a PostgreSQL server */
#define MR_LIMIT_DB_TOGETHER 256               /* pieces of work that share one transaction */
#define MR_LIMIT_DB_WAIT_MS 10000              /* for a connection of the pool, and for other processes */
#define MR_LIMIT_DB_SCRIPT (1 * MR_MIB)        /* one migration, with its memory */
#define MR_LIMIT_MESSAGES (4 * MR_MIB)         /* memory of one language */
#define MR_LIMIT_MESSAGE_ID 200                /* octets */
#define MR_LIMIT_LANGUAGE_RANGES 50            /* of an Accept-Language header; the rest is passed over */
#define MR_LIMIT_TEMPLATES (4 * MR_MIB)        /* memory of all parsed templates */
#define MR_LIMIT_TEMPLATE_DEPTH 64             /* sections and partials inside each other */
#define MR_LIMIT_TEMPLATE_INDENT 256           /* blanks before the lines of a partial */
#define MR_LIMIT_TEMPLATE_STEPS 4000000        /* nodes rendered for one page */
#define MR_LIMIT_PAGE (4 * MR_MIB)             /* a rendered page */
#define MR_LIMIT_PAGE_VIEW (16 * MR_MIB)  /* what its template is given (24 octets a value); an answer of the API */
#define MR_LIMIT_OFFICE_BATCHES 50        /* batches listed on the page of a specification */
#define MR_LIMIT_OFFICE_CARDS 12          /* specifications on the first page of the office */
#define MR_LIMIT_OFFICE_CHOICES 200       /* specifications to choose from in a form */
#define MR_LIMIT_OFFICE_LOOKED 2000       /* specifications looked at in search of a title, at a time */
#define MR_LIMIT_VERIFY_BURST 120         /* files that one address has verified at once */
#define MR_LIMIT_VERIFY_PER_MINUTE 60     /* and further ones that come back */
#define MR_LIMIT_SEALS_LOOKED_MS 1000     /* after which seals that other programs made are looked for again */
#define MR_LIMIT_DB_REWRITE (64 * MR_MIB) /* an SQLite file that is written anew after something was erased */
#define MR_LIMIT_SPECIFICATIONS_KEPT (32 * MR_MIB) /* published ones kept in memory as they were read */
#define MR_LIMIT_DRAFT (1 * MR_MIB)                /* a specification that is being described */
#define MR_LIMIT_DRAFTS 1000                       /* drafts of one organisation that are listed */
#define MR_LIMIT_VERSIONS 200                      /* of one specification that are listed */
#define MR_LIMIT_DRAFT_ITEMS 100                   /* of one list in its form, as in the file */
#define MR_LIMIT_DRAFT_INPUTS 80                   /* fields of one page before items of lists are folded */
#define MR_LIMIT_VOCABULARY_FOUND 30               /* concepts that a search shows */
#define MR_LIMIT_DRAFT_COMMENTS 200                /* remarks on one draft */
#define MR_LIMIT_DRAFT_MAILS 50                    /* approvers who are told that one waits for them */
#define MR_LIMIT_DRAFT_REMARK 4000                 /* octets of a remark, or of the reason for sending back */
#define MR_LIMIT_OFFICE_ROWS 40                    /* rows of a table on one page of the office */
#define MR_LIMIT_RATE_KEPT 4096                    /* callers whose requests a server counts */
#define MR_LIMIT_API_PAGE 200                      /* items in one answer of the API; 50 unless asked otherwise */
#define MR_LIMIT_CONTEXT (1 * MR_MIB)              /* one context document */
#define MR_LIMIT_CONTEXT_MEMORY (64 * MR_MIB)      /* all compiled contexts of a thread */
#define MR_LIMIT_CONTEXT_WORK (512 * MR_MIB)       /* copied and read to compile the contexts of one document */
#define MR_LIMIT_CONTEXT_NESTING 32                /* contexts that name contexts; scoped contexts within each other */
#define MR_LIMIT_RDF_DEPTH 64                      /* nodes within nodes */
#define MR_LIMIT_QUADS 1000000                     /* of one dataset */
#define MR_LIMIT_CANON_WORK 50000                  /* calls of Hash N-Degree Quads and permutations of one graph */
#define MR_LIMIT_CANON_STEPS 400000                /* related blank nodes looked at by them */
#define MR_LIMIT_CANON_DEPTH 512                   /* Hash N-Degree Quads within itself */
#define MR_LIMIT_RDF_TEXT (64 * MR_MIB)            /* a document as RDF or expanded, as a command writes it */
#define MR_LIMIT_SHACL_RESULTS 10000               /* results of one validation */
#define MR_LIMIT_CHECK_TOLD 400              /* findings of one document that are looked at; the rest is counted */
#define MR_LIMIT_CHECK_GUESSES 100           /* and guesses at what was meant */
#define MR_LIMIT_SHAPES_MEMORY (64 * MR_MIB) /* compiled shapes of one checker */
#define MR_LIMIT_SHACL_DEPTH 32              /* shapes within shapes */
#define MR_LIMIT_SHACL_WORK 10000000   /* nodes walked and compared in one validation; texts matched count by length */
#define MR_LIMIT_SHACL_LIST 65536      /* members of one list in shapes */
#define MR_LIMIT_PATTERN (16 * MR_KIB) /* octets of one regular expression */
#define MR_LIMIT_PATTERN_STEPS 16384   /* of matching one text from one place */
#define MR_LIMIT_PATTERN_HEAP_KIB 4096 /* memory for going back in one match, KiB */
#define MR_LIMIT_BASE58 (2 * MR_KIB)   /* octets of one base58btc text, whose cost grows with their square */
#define MR_LIMIT_RELATED_RESOURCES 64  /* of one credential */
#define MR_LIMIT_PRESENTED 64          /* credentials of one presentation that are opened */
#define MR_LIMIT_BADGE_DEPTH 16        /* ELM nodes within each other that are read in a badge */
#define MR_LIMIT_BADGE_LANGUAGES 64    /* and texts of one property */
#define MR_LIMIT_ENDORSEMENTS 8        /* in one badge that are opened */
#define MR_LIMIT_PROOFS 16             /* Data Integrity proofs of one document */
#define MR_LIMIT_DISCLOSURES 1024      /* of one SD-JWT */
#define MR_LIMIT_SD_STATEMENTS 8192    /* signed one by one in an ecdsa-sd-2023 proof: each costs a verification */
#define MR_LIMIT_SD_POINTERS 1024      /* of one selection */
#define MR_LIMIT_SD_WORK 20000000      /* members and elements looked at to follow them */
#define MR_LIMIT_DISCLOSED_VALUE 300   /* octets of a value that are listed for people */
#define MR_LIMIT_REDESCRIBE_WORK 20000000     /* JSON nodes looked at to find what a document refers to */
#define MR_LIMIT_STATUS_LIST (16 * MR_MIB)    /* a status list, inflated */
#define MR_LIMIT_STATUS_DOCUMENT (4 * MR_MIB) /* and as fetched */
#define MR_LIMIT_STATUS_MEMORY (96 * MR_MIB)  /* arena of one list's work */
#define MR_LIMIT_STATUS_INDEXES 131072        /* entries of a status list that is made */
#define MR_LIMIT_STATUS_REASON 500            /* why a status was changed, code points */
#define MR_LIMIT_STATUS_KEPT 64               /* signed lists kept in memory */
#define MR_LIMIT_STATUS_ENTRIES 16            /* status entries of one credential that are asked */
#define MR_LIMIT_CONTROLLER                                                                                            \
    (256 * MR_KIB)                   /* a DID document, controller document, JWK set or issuer metadata, as fetched */
#define MR_LIMIT_FETCH_MS 10000      /* for one answer of another site */
#define MR_LIMIT_VERIFY_FETCHES 12   /* documents asked for in one verification */
#define MR_LIMIT_VERIFY_MS 30000     /* after which none more is asked for */
#define MR_LIMIT_FETCH_AGE_MS 300000 /* an answer that was fetched is asked for again after this */
#define MR_LIMIT_FETCH_REQUEST_MS 30000          /* nobody else is asked any more for one request of the verify page */
#define MR_LIMIT_FETCH_FAILED_AGE_MS 30000       /* and one that did not come */
#define MR_LIMIT_FETCH_KEPT 64                   /* answers remembered */
#define MR_LIMIT_FETCH_KEPT_OCTETS (32 * MR_MIB) /* and their size */
#define MR_LIMIT_IDENTIFIER (16 * MR_KIB)        /* a DID or URL, with what a did:jwk holds */
#define MR_LIMIT_ACCREDITATION (256 * MR_KIB)    /* a record of accreditation, as read or fetched */
#define MR_LIMIT_ACCREDITATIONS 1024             /* records in a trust folder */
#define MR_LIMIT_ACCREDITATION_LIST 256          /* organisations, fields, places ... of one record */
#define MR_LIMIT_ACCREDITATION_WORK 2000000      /* nodes looked at for what one of them refers to */
#define MR_LIMIT_ACCREDITED_CLAIMS 64            /* accreditations of one credential that are looked at */
#define MR_LIMIT_ACCREDITED_ACHIEVEMENTS 64      /* and achievements, each with its parts */
#define MR_LIMIT_ACCREDITATION_HOPS 8            /* from the issuer up to a root */
#define MR_LIMIT_ACCREDITATION_TRIES 24          /* accreditations opened in search of one */
#define MR_LIMIT_SIGNING_KEYS 256                /* of an installation, with those that were replaced */
#define MR_LIMIT_CONTROLLER_KEYS 256             /* verification methods looked at in one of them */

#define MR_LIMIT_HOSTED (512 * MR_KIB) /* an object of Open Badges 2.0 or older, as fetched */

#define MR_LIMIT_IDLE_CONTEXTS 4                 /* sets of compiled contexts that wait for the next verification */
#define MR_LIMIT_IDLE_CONTEXTS_EACH (8 * MR_MIB) /* a larger one, as a hostile file makes it, is given up */
#define MR_LIMIT_IDLE_MAKERS 16                  /* open issuers that wait for the next single award */
#define MR_LIMIT_EVIDENCE_FILE (8 * MR_MIB)      /* one evidence file */
#define MR_LIMIT_EVIDENCE_FILES 50               /* of one object */
#define MR_LIMIT_CLAIM_TEXT 20000 /* what a learner claims to have learned, or an assessor's reasons, octets */
#define MR_LIMIT_STATUS_MANY 1000 /* achievements chosen in a list whose status is changed at once */

#define MR_LIMIT_SEAL_THREADS 16 /* that seal one batch */
#define MR_LIMIT_JOB_THREADS 4   /* that take background work in one node */

#define MR_LIMIT_CONFIG_FILE (64 * MR_KIB) /* of a server */

#define MR_LIMIT_DISK_FREE (64 * MR_MIB) /* below which an installation is not ready */

#define MR_LIMIT_AUDIT_EXPORT 100000 /* rows of one export of the audit log */

#define MR_LIMIT_AUDIT_FILE (64 * MR_MIB) /* of that export */
#define MR_LIMIT_SMTP_MS                                                                                               \
    20000 /* for the mail server to take a connection, and to answer; twice this must be well below the lease of a job */
#define MR_LIMIT_REPORT_PARTS 16               /* of a delivery report that are looked at */
#define MR_LIMIT_REPORT_READ (16 * MR_MIB)     /* of a mailbox of delivery reports, in one go */
#define MR_LIMIT_REPORT_FILES 1000             /* of a Maildir, in one go */
#define MR_LIMIT_MAIL (256 * MR_KIB)           /* one message, as it is sent */
#define MR_LIMIT_MAIL_SUBJECT 150              /* code points of a provider's own subject */
#define MR_LIMIT_MAIL_INTRODUCTION 2000        /* and of its introduction */
#define MR_LIMIT_MAIL_PER_MINUTE 300           /* sent, unless configured otherwise */
#define MR_LIMIT_MAIL_RETRY_MS (3 * MR_DAY_MS) /* after which a message that is put off again and again is given up */
#define MR_LIMIT_CLAIM_CODES 200               /* printed on one sheet */
#define MR_LIMIT_CLAIM_TRIES 10                /* wrong codes from one address within MR_LIMIT_CLAIM_TRIES_MS */
#define MR_LIMIT_CLAIM_TRIES_MS (15 * 60 * 1000)
#define MR_LIMIT_WEBHOOKS 20                  /* of one organisation */
#define MR_LIMIT_WEBHOOK_ANSWER (16 * MR_KIB) /* of a receiver's answer that is read */
#define MR_LIMIT_WEBHOOK_MS 10000             /* for a receiver to answer */
#define MR_LIMIT_WEBHOOK_RETRY_MS                                                                                      \
    (3 * MR_DAY_MS)                             /* after which a webhook whose receiver never answers is switched off */
#define MR_LIMIT_PASSWORD_MEMORY (64 * MR_MIB)  /* of one password being hashed */
#define MR_LIMIT_PASSWORD_PASSES 2              /* over that memory */
#define MR_LIMIT_PASSWORD_LEAST 12              /* code points of a password */
#define MR_LIMIT_PASSWORD_MOST 200              /* octets */
#define MR_LIMIT_SESSION_IDLE_MS 43200000       /* after which somebody who does nothing is signed out */
#define MR_LIMIT_SESSION_MS INT64_C(2592000000) /* after which everybody is */
#define MR_LIMIT_SESSION_FRESH_MS 900000        /* a sign-in is fresh so long, for what is sensitive */
#define MR_LIMIT_SESSION_SEEN_MS 300000         /* "last seen" is written down no more often */
#define MR_LIMIT_SIGN_IN_LINK_MS 900000         /* a mailed link, a mailed code, a second step */
#define MR_LIMIT_INVITATION_MS INT64_C(1209600000) /* an invitation */
#define MR_LIMIT_INVITED_AT_ONCE 100               /* addresses in one form */
#define MR_LIMIT_SECOND_STEP_TRIES 5               /* codes typed in one second step */
#define MR_LIMIT_LOCK_MS 900000                    /* the longest wait after wrong passwords */
#define MR_LIMIT_LOCK_FREE_ACCOUNT 5               /* wrong ones for one account before there is a wait */
#define MR_LIMIT_LOCK_FREE_ADDRESS 30              /* and from one address: a university may stand behind it */
#define MR_LIMIT_LINKS_PER_HOUR 5                  /* sign-in links mailed to one person */
#define MR_LIMIT_GRANTS 4096                       /* organisations that one person is something in */
#define MR_LIMIT_PASSKEYS 20                       /* of one person */
#define MR_LIMIT_RECOVERY_CODES 10                 /* made at a time */
#define MR_LIMIT_PERSON_EMAILS 20                  /* addresses of one person */
#define MR_LIMIT_CLAIM_PASS_MS MR_DAY_MS           /* the browser that decided on a claim goes on so long */
#define MR_LIMIT_CLAIM_TURNS 100                   /* used links of one claim that are still known as used */
#define MR_LIMIT_CLAIM_LINKS_PER_HOUR 3            /* new claim links mailed for one achievement */
#define MR_LIMIT_WALLET_ITEMS 2000                 /* of one learner */
#define MR_LIMIT_WALLET_PAGE 24                    /* items on one page */
#define MR_LIMIT_COLLECTIONS 100                   /* of one learner */
#define MR_LIMIT_SHARES 200              /* links of one learner; one more takes the place of one that is over */
#define MR_LIMIT_SHARE_ITEMS 20          /* credentials behind one link */
#define MR_LIMIT_SHARE_POINTERS 200      /* parts of one credential that are chosen for it */
#define MR_LIMIT_SHARE_LABEL 120         /* for whom it is, characters */
#define MR_LIMIT_SHARE_DAYS 730          /* the furthest end */
#define MR_LIMIT_SHARE_OPENINGS 50       /* times of one link, the newest */
#define MR_LIMIT_SHARE_OPENING_MS 600000 /* loads of a page within so long are one opening */
#define MR_LIMIT_SHARE_KEPT_MS (180 * MR_DAY_MS)     /* openings, and links that are over, are forgotten after this */
#define MR_LIMIT_CORRECTION_REMARK 2000              /* what is said beside the right name, octets */
#define MR_LIMIT_SIGN_IN_PROVIDERS 16                /* of OpenID Connect, in sign-in.json */
#define MR_LIMIT_SIGN_IN_ANSWER (256 * MR_KIB)       /* one answer of such a provider */
#define MR_LIMIT_SIGN_IN_KEYS_MS 3600000             /* its keys and addresses are asked for again after this */
#define MR_LIMIT_MAIL_KEPT_MS (180 * MR_DAY_MS)      /* address and answer of a mail that ended */
#define MR_LIMIT_JOB_KEPT_MS (30 * MR_DAY_MS)        /* a job that ended */
#define MR_LIMIT_PREVIEW_DAYS 30                     /* results that wait to be sealed */
#define MR_LIMIT_INVITATION_KEPT_MS (90 * MR_DAY_MS) /* an invitation that ended */
#define MR_LIMIT_RETENTION_MONTHS 1200               /* that a provider may keep its records */
#define MR_LIMIT_EXPORT_ITEMS 40      /* of a wallet in one archive that a page gives; the command has no such limit */
#define MR_LIMIT_EXPORT (56 * MR_MIB) /* and its size */
#define MR_LIMIT_EXPORT_ROWS 2000     /* awards, enrolments, mails, and what was done, told in an archive */

#endif
