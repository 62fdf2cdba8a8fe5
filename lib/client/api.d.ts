/** Generated from lib/http/openapi.json by `bun run docs`. */

export interface paths {
    "/api/v1/images/{channel}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for a place to upload a photo to; channel is scan, chat or my */
        post: operations["createUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images/{channel}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have an uploaded photo checked, rid of its metadata, and published */
        post: operations["confirmUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images/upload/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Upload a photo to the URL that was offered, with the headers it requires */
        put: operations["uploadPhoto"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images/files/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a photo */
        get: operations["readPhoto"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's finished scans, newest first; by status, category and time */
        get: operations["listScans"];
        put?: never;
        /** Submit a photo; header X-Idempotency-Key (or Idempotency-Key) makes a retry safe */
        post: operations["submitScan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scan/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every waste category with everyday items */
        get: operations["listCategories"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scan/result/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Result of a scan, or how far it is; with lat and lon also the nearest places that take it */
        get: operations["readResult"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scan/{job_id}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Result of a scan, or how far it is; with lat and lon also the nearest places that take it */
        get: operations["readScanResult"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scan/{job_id}/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say whether a completed scan's answer was right, and what would have been; a later one replaces it */
        post: operations["giveFeedback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scan/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Cancel a running scan; it ends as failed with code CANCELLED */
        delete: operations["cancelScan"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow a scan; resume with Last-Event-ID or last_event_id */
        get: operations["followScanByQuery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scan/{job_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow a scan; resume with Last-Event-ID or last_event_id */
        get: operations["followScan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow an answer; resume at the character with Last-Event-ID or last_event_id */
        get: operations["followAnswerByQuery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat/{job_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow an answer; resume at the character with Last-Event-ID or last_event_id */
        get: operations["followAnswer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's conversations, by their newest message */
        get: operations["listChats"];
        put?: never;
        /** Open a conversation */
        post: operations["openChat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say something in a new conversation; header X-Idempotency-Key makes a retry safe */
        post: operations["sendFirstMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat/{chat_id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say something in a conversation; header X-Idempotency-Key makes a retry safe */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Stop an answer; what was written is kept, and it ends as failed with code CANCELLED */
        delete: operations["cancelAnswer"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat/jobs/{job_id}/input": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give an answer what it has asked for by `needs_input`; type cancel declines */
        post: operations["giveChatInput"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat/{chat_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages of a conversation: pages from the newest on, each in the order they were said */
        get: operations["readChat"];
        put?: never;
        post?: never;
        /** Delete a conversation */
        delete: operations["deleteChat"];
        options?: never;
        head?: never;
        /** Rename a conversation */
        patch: operations["renameChat"];
        trace?: never;
    };
    "/api/v1/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's account; the first call makes it */
        get: operations["readAccount"];
        put?: never;
        post?: never;
        /** Delete the account and everything of its user, for good; may be repeated */
        delete: operations["deleteAccount"];
        options?: never;
        head?: never;
        /** Change the nickname; null clears it */
        patch: operations["changeAccount"];
        trace?: never;
    };
    "/api/v1/users/me/characters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The characters the caller has, newest first */
        get: operations["listOwnedCharacters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/me/characters/{name}/ownership": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the caller has the character of this name */
        get: operations["readOwnership"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/character/catalog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every character there is; no login needed */
        get: operations["readCatalog"];
        put?: never;
        /** Add a character; administrators only */
        post: operations["addCharacter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/character/images/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A character's drawing, {code}.svg; no login needed */
        get: operations["readDrawing"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/character/catalog/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a character that nobody owns; administrators only */
        delete: operations["deleteCharacter"];
        options?: never;
        head?: never;
        /** Change a character; what is left out stays; administrators only */
        patch: operations["changeCharacter"];
        trace?: never;
    };
    "/api/v1/auth/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who one can sign in with here; no login needed */
        get: operations["listProviders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/{provider}/authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Begin a sign-in: `google`, `kakao`, `naver`, or `dev` where AUTH_MODE=dev */
        get: operations["beginSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/{provider}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Finish a sign-in; providers send browsers here */
        get: operations["finishSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Swap the refresh token, a cookie, for a new pair; repeated within 30 s it is the same pair */
        post: operations["refreshSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the session of every token that is shown; may be repeated */
        post: operations["signOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public keys tokens are signed with (RFC 7517) */
        get: operations["readKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/locations/centers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The nearest places to hand something in, nearest first */
        get: operations["findCenters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/locations/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Places by the words of their name and address; with lat and lon the nearest first */
        get: operations["searchCenters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/locations/suggest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Places whose name begins with q, while it is typed */
        get: operations["suggestCenters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/locations/centers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One place */
        get: operations["readCenter"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The running system: queues, throughput, latencies, models, streams; administrators only */
        get: operations["readSystem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow the running system; administrators only */
        get: operations["followSystem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When each stage of a scan began and ended; administrators only */
        get: operations["readTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Dead and archived messages of each task; administrators only */
        get: operations["countDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/dead-letters/{queue}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The oldest messages of a dead-letter queue, left where they are; administrators only */
        get: operations["showDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ops/dead-letters/{queue}/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send the oldest dead letters back to their task, or say what that would cost; administrators only */
        post: operations["redriveDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's webhooks, oldest first */
        get: operations["listWebhooks"];
        put?: never;
        /** Have a server of yours told of the ends of your scans; 10 webhooks a user */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One webhook, and why it is disabled */
        get: operations["readWebhook"];
        put?: never;
        post?: never;
        /** Delete a webhook, with its secrets and deliveries */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /** Change where it goes and what it is told of, disable it, enable it again */
        patch: operations["changeWebhook"];
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a webhook a new secret; for 24 hours deliveries are signed with the last one as well */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send an event webhook.ping, as a try; there is one at a time */
        post: operations["pingWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was, or is to be, delivered to a webhook in the last 30 days, newest first */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a delivery again, at once and under the same id */
        post: operations["replayWebhookDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    scanEnded: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A scan has ended, or a webhook is tried out; sent at least once, in no promised order */
        post: operations["receiveWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        /**
         * @example {
         *       "key": "scan.Zk3u0q1Jd2m8b7.3mQvJ0o5n2b8VwX1c7",
         *       "upload_url": "https://store.example.com/drafts/scan.Zk3u0q1Jd2m8b7.3mQvJ0o5n2b8VwX1c7?X-Amz-Signature=…",
         *       "cdn_url": "https://photos.example.com/scan.Zk3u0q1Jd2m8b7.3mQvJ0o5n2b8VwX1c7",
         *       "expires_in": 300,
         *       "required_headers": {
         *         "content-type": "image/jpeg",
         *         "content-length": "183421"
         *       }
         *     }
         */
        UploadOffer: {
            key: string;
            upload_url: string;
            cdn_url: string;
            expires_in: number;
            required_headers: {
                [key: string]: string;
            };
        };
        /** @enum {string} */
        ErrorCode: "MALFORMED_JSON" | "VALIDATION_FAILED" | "IMAGE_URL_REQUIRED" | "IMAGE_URL_INVALID" | "IMAGE_HOST_NOT_ALLOWED" | "IMAGE_ADDRESS_PRIVATE" | "IMAGE_REDIRECTED" | "IMAGE_NOT_FOUND" | "IMAGE_EMPTY" | "IMAGE_TOO_LARGE" | "IMAGE_TYPE_UNSUPPORTED" | "IMAGE_HEIF_UNSUPPORTED" | "IMAGE_TOO_MANY_PIXELS" | "IMAGE_CORRUPT" | "IMAGE_UNREACHABLE" | "IMAGE_CHANNEL_UNKNOWN" | "UPLOAD_NOT_FOUND" | "UPLOAD_SIGNATURE_INVALID" | "UPLOAD_NOT_AS_DECLARED" | "UPLOAD_UNDECLARED" | "USER_INPUT_TOO_LONG" | "UNSUPPORTED_MODEL" | "INVALID_JOB_ID" | "INVALID_CURSOR" | "IDEMPOTENCY_KEY_INVALID" | "IDEMPOTENCY_IN_FLIGHT" | "IDEMPOTENCY_MISMATCH" | "BODY_TOO_LARGE" | "CONTENT_TYPE_UNSUPPORTED" | "CONTENT_ENCODING_UNSUPPORTED" | "CHARSET_UNSUPPORTED" | "RATE_LIMITED" | "TOO_MANY_SCANS_IN_FLIGHT" | "TOO_MANY_CHATS_IN_FLIGHT" | "WEBHOOK_URL_INVALID" | "WEBHOOK_ADDRESS_PRIVATE" | "WEBHOOK_EVENTS_INVALID" | "INVALID_WEBHOOK_ID" | "WEBHOOK_NOT_FOUND" | "WEBHOOK_DELIVERY_NOT_FOUND" | "WEBHOOK_DISABLED" | "TOO_MANY_WEBHOOKS" | "TOO_MANY_STREAMS" | "TOO_MANY_UPLOADS" | "OVERLOADED" | "UNAUTHENTICATED" | "TOKEN_INVALID" | "TOKEN_EXPIRED" | "TOKEN_ALGORITHM_REFUSED" | "TOKEN_KEY_UNKNOWN" | "TOKEN_ISSUER_WRONG" | "TOKEN_AUDIENCE_WRONG" | "TOKEN_REVOKED" | "REFRESH_TOKEN_REUSED" | "CSRF_REFUSED" | "PROVIDER_UNKNOWN" | "REDIRECT_NOT_ALLOWED" | "SIGN_IN_STATE_INVALID" | "SIGN_IN_BROWSER_CHANGED" | "SIGN_IN_DENIED" | "PROVIDER_REFUSED" | "PROVIDER_UNAVAILABLE" | "TOO_MANY_SIGN_INS" | "FORBIDDEN" | "ACCOUNT_DELETED" | "NICKNAME_INVALID" | "CHARACTER_NOT_FOUND" | "CHARACTER_EXISTS" | "CHARACTER_NAME_TAKEN" | "MATCH_LABEL_TAKEN" | "DEFAULT_CHARACTER_FIXED" | "CHARACTER_OWNED" | "COORDINATES_INVALID" | "RADIUS_INVALID" | "LIMIT_INVALID" | "ZOOM_INVALID" | "STORE_CATEGORY_UNKNOWN" | "PICKUP_CATEGORY_UNKNOWN" | "OPEN_NOW_INVALID" | "SEARCH_TEXT_INVALID" | "CENTER_NOT_FOUND" | "SCAN_FINISHED" | "SCAN_NOT_COMPLETED" | "FEEDBACK_CATEGORY_UNKNOWN" | "FEEDBACK_NOTE_TOO_LONG" | "CANCELLED" | "INVALID_CHAT_ID" | "CHAT_NOT_FOUND" | "CHAT_MESSAGE_INVALID" | "CHAT_TITLE_INVALID" | "CHAT_LOCATION_INVALID" | "CHAT_INPUT_INVALID" | "CHAT_FINISHED" | "JOB_NOT_FOUND" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "SUBMIT_UNCONFIRMED" | "UNAVAILABLE" | "MODEL_RATE_LIMITED" | "MODEL_BUSY" | "MODEL_NOT_READY" | "MODEL_BREAKER_OPEN" | "MODEL_QUOTA_EXHAUSTED" | "MODEL_OVERLOADED" | "MODEL_UNAVAILABLE" | "MODEL_ACCESS_DENIED" | "MODEL_TIMEOUT" | "MODEL_REJECTED" | "MODEL_REFUSED" | "MODEL_TRUNCATED" | "MODEL_OUTPUT_INVALID" | "TASK_TIMEOUT" | "EXPIRED" | "MESSAGE_NEWER" | "MESSAGE_INVALID" | "INTERNAL";
        /**
         * @example {
         *       "type": "/api/v1/docs/RATE_LIMITED",
         *       "title": "Too many requests of this user",
         *       "status": 429,
         *       "code": "RATE_LIMITED",
         *       "detail": "요청이 너무 많아요. 잠시 후 다시 시도해 주세요."
         *     }
         */
        Problem: {
            /** @description Path of the page about the code */
            type: string;
            title: string;
            status: number;
            code: components["schemas"]["ErrorCode"];
            /** @description For the user, in Korean */
            detail: string;
            /** @description `urn:trace:` and what the header X-Request-Id has: the operator finds it in the log */
            instance?: string;
            /** @description With VALIDATION_FAILED: the members that are wrong */
            errors?: {
                path: string;
            }[];
            /** @description With UNSUPPORTED_MODEL: the models there are */
            supported?: string[];
        };
        /**
         * @example {
         *       "content_type": "image/jpeg",
         *       "size": 183421
         *     }
         */
        UploadRequest: {
            content_type?: string | null;
            size?: number | null;
        };
        /**
         * @example {
         *       "key": "scan.Zk3u0q1Jd2m8b7.3mQvJ0o5n2b8VwX1c7",
         *       "cdn_url": "https://photos.example.com/scan.Zk3u0q1Jd2m8b7.3mQvJ0o5n2b8VwX1c7",
         *       "size": 181002,
         *       "content_type": "image/jpeg",
         *       "width": 1536,
         *       "height": 2048
         *     }
         */
        ConfirmedUpload: {
            key: string;
            cdn_url: string;
            size: number;
            content_type: string;
            width: number;
            height: number;
        };
        /**
         * @example {
         *       "key": "scan.Zk3u0q1Jd2m8b7.3mQvJ0o5n2b8VwX1c7"
         *     }
         */
        ConfirmUploadRequest: {
            key: string;
        };
        /**
         * @example {
         *       "job_id": "019bd000-0000-7000-8000-000000000001",
         *       "stream_url": "/api/v1/stream?job_id=019bd000-0000-7000-8000-000000000001",
         *       "result_url": "/api/v1/scan/result/019bd000-0000-7000-8000-000000000001",
         *       "status": "queued"
         *     }
         */
        ScanAccepted: {
            /** Format: uuid */
            job_id: string;
            stream_url: string;
            result_url: string;
            /** @constant */
            status: "queued";
        };
        /**
         * @example {
         *       "image_url": "https://photos.example.com/scan.Zk3u0q1Jd2m8b7.3mQvJ0o5n2b8VwX1c7",
         *       "user_input": "다 마신 유리병이에요. 어떻게 버려요?"
         *     }
         */
        ScanRequest: {
            /** @description Where the photo is: https and an allowed host */
            image_url: string;
            /** @default  */
            user_input: string | null;
            model?: string | null;
        };
        /**
         * @example {
         *       "received": true,
         *       "already_owned": false,
         *       "character_code": "char-glass",
         *       "name": "비비",
         *       "dialog": "반짝반짝!",
         *       "match_reason": "유리병"
         *     }
         */
        Reward: {
            received: boolean;
            already_owned: boolean;
            character_code: string;
            name: string;
            dialog: string;
            match_reason: string;
        };
        ScanSummary: {
            job_id: string;
            /** @enum {string} */
            status: "completed" | "failed";
            image_url: string;
            user_input: string;
            major_category: ("재활용폐기물" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물" | "미분류") | null;
            middle_category: string | null;
            minor_category: string | null;
            reward: components["schemas"]["Reward"] | null;
            submitted_at: string;
            finished_at: string;
        };
        ScanPage: {
            items: components["schemas"]["ScanSummary"][];
            next_cursor: string | null;
        };
        Category: {
            name: string;
            description: string | null;
            items: string[];
        };
        Categories: {
            categories: {
                name: string;
                description: string | null;
                items: string[];
                middles: components["schemas"]["Category"][];
            }[];
        };
        Classification: {
            /** @enum {string} */
            major_category: "재활용폐기물" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물" | "미분류";
            /** @enum {string} */
            middle_category: "종이" | "종이팩" | "무색페트병" | "플라스틱류" | "비닐류" | "발포합성수지" | "유리병" | "금속류" | "의류및원단" | "전지" | "조명제품" | "전기전자제품" | "재활용폐기물" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물" | "미분류";
            minor_category: string | null;
        };
        ClassificationMeta: {
            user_input: string;
            model: string;
            model_version?: string;
            items_version?: string;
            estimate: boolean;
            question?: string;
            /** @enum {string} */
            settled_by?: "dictionary" | "words";
        };
        ClassificationResult: {
            classification: components["schemas"]["Classification"];
            situation_tags: ("내용물_있음" | "내용물_없음" | "내용물_일부_남음" | "오염_경미" | "오염_중간" | "오염_심함" | "음식물_오염" | "기름기_오염" | "세제_OR화학물질_오염" | "건조된_오염" | "음식물_잔여물_많음" | "세척_필요" | "세척_불가_구조" | "건조_필요" | "냄새_OR_부패_의심" | "비닐_라벨_부착" | "비닐_라벨_부분_제거됨" | "비닐_라벨_완전_제거됨" | "비닐_라벨_제거_필요" | "뚜껑_닫힘(플라스틱)" | "뚜껑_열림" | "뚜껑_분리_필요" | "펌프형_용기" | "부속품_있음" | "부속품_여럿_있음" | "부속품_분리_필요" | "이물질_부착" | "플라스틱_재질" | "유리_재질" | "금속_재질" | "종이_재질" | "비닐_OR필름_재질" | "발포수지_재질" | "목재_재질" | "고무_재질" | "복합재질_의심" | "복합재질_확정" | "혼합재질_고정형" | "깨짐" | "유리병_깨짐" | "파손" | "찌그러짐" | "찢어짐" | "변형됨" | "열변형_OR녹음" | "큰_스크래치_OR손상" | "구조적_변형" | "압착_필요" | "펼침_필요" | "접힘_OR팩구조" | "배달용기_특성" | "오염된_배달용기" | "기름기_심함" | "음식물과_섞임" | "스티로폼_부착물_있음" | "스티로폼_테이프_부착" | "스티로폼_부착물_제거_필요" | "위험물질_의심" | "유해화학제품_용기_의심" | "가스_용기_의심" | "가스_잔존_의심" | "가스제거_필요" | "배터리_포함" | "전원선_있음" | "전자부품_노출" | "발열_OR탄화_흔적" | "날카로운_모서리" | "형광등_OR조명기기" | "LED_모듈_있음" | "깨진_조명기기" | "세트_구성품" | "쌍제품_인식" | "세트_묶음_필요" | "다수_품목_혼합" | "대형_폐기물_의심" | "대형가전_의심" | "무상수거대상_전기전자제품" | "미분류_소분류" | "미분류_전체")[];
            meta: components["schemas"]["ClassificationMeta"];
        };
        Regulation: {
            key: string;
            /** @enum {string} */
            category: "재활용폐기물" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물" | "미분류";
            "\uC774\uB984": string;
            "\uB300\uC0C1_\uD488\uBAA9": string[];
            "\uB300\uC0C1_\uC124\uBA85": string;
            "\uC138\uBD80_\uD488\uBAA9": string[];
            "\uBC30\uCD9C\uBC29\uBC95_\uACF5\uD1B5": string[];
            "\uBC30\uCD9C\uBC29\uBC95_\uC138\uBD80": {
                [key: string]: string[];
            };
            "\uBC30\uCD9C\uBD88\uAC00_\uD488\uBAA9_\uC548\uB0B4": string[];
            "\uC544\uC774\uCF58_\uC808\uCC28": string[];
            "\uCD9C\uCC98": {
                "\uC81C\uBAA9": string;
                /** Format: uri */
                "\uC8FC\uC18C": string;
            };
        };
        FinalAnswer: {
            disposal_steps: {
                [key: string]: string;
            };
            insufficiencies: string[];
            user_answer: string;
        };
        /**
         * @example {
         *       "code": "MODEL_TIMEOUT",
         *       "message": "분석이 제때 끝나지 않았어요."
         *     }
         */
        ScanError: {
            code: string;
            message: string;
        };
        Center: {
            id: string;
            name: string;
            source: string;
            road_address: string | null;
            latitude: number;
            longitude: number;
            distance_km: number | null;
            distance_text: string | null;
            /** @enum {string} */
            store_category: "refill_zero" | "cafe_bakery" | "vegan_dining" | "upcycle_recycle" | "book_workshop" | "market_mart" | "lodging" | "public_dropbox" | "general";
            pickup_categories: ("clear_pet" | "colored_pet" | "can" | "paper" | "plastic" | "glass" | "textile" | "electronics" | "general")[];
            is_open: boolean | null;
            is_holiday: boolean | null;
            start_time: string | null;
            end_time: string | null;
            phone: string | null;
            place_url: string | null;
        };
        /**
         * @example {
         *       "task_id": "019bd000-0000-7000-8000-000000000001",
         *       "status": "completed",
         *       "message": "분석이 끝났어요.",
         *       "pipeline_result": {
         *         "classification_result": {
         *           "classification": {
         *             "major_category": "재활용폐기물",
         *             "middle_category": "유리병",
         *             "minor_category": "와인병"
         *           },
         *           "situation_tags": [],
         *           "meta": {
         *             "user_input": "다 마신 유리병이에요.",
         *             "model": "gpt-5.2",
         *             "estimate": false
         *           }
         *         },
         *         "disposal_rules": null,
         *         "final_answer": {
         *           "disposal_steps": {
         *             "단계1": "뚜껑을 떼요.",
         *             "단계2": "물로 헹궈요.",
         *             "단계3": "유리병 수거함에 넣어요."
         *           },
         *           "insufficiencies": [
         *             "코르크 마개를 빼 주세요."
         *           ],
         *           "user_answer": "와인병은 유리병으로 버려요."
         *         }
         *       },
         *       "reward": null,
         *       "error": null
         *     }
         */
        ScanResult: {
            task_id: string;
            /** @enum {string} */
            status: "completed" | "failed";
            message: string;
            pipeline_result: {
                classification_result: components["schemas"]["ClassificationResult"];
                disposal_rules: components["schemas"]["Regulation"] | null;
                final_answer: components["schemas"]["FinalAnswer"];
            } | null;
            reward: components["schemas"]["Reward"] | null;
            error: components["schemas"]["ScanError"] | null;
            nearby?: components["schemas"]["Center"][] | null;
        };
        /**
         * @example {
         *       "status": "processing",
         *       "current_stage": "answer",
         *       "progress": 50
         *     }
         */
        ScanProgress: {
            /** @enum {string} */
            status: "queued" | "processing";
            /** @enum {string} */
            current_stage: "queued" | "vision" | "rule" | "answer" | "reward" | "done";
            progress: number;
        };
        Feedback: {
            /** Format: uuid */
            job_id: string;
            /** @enum {string} */
            verdict: "right" | "wrong";
            category: ("종이" | "종이팩" | "무색페트병" | "플라스틱류" | "비닐류" | "발포합성수지" | "유리병" | "금속류" | "의류및원단" | "전지" | "조명제품" | "전기전자제품" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물") | null;
            note: string | null;
        };
        /**
         * @example {
         *       "verdict": "wrong",
         *       "category": "유리병",
         *       "note": "유리로 된 병이에요"
         *     }
         */
        FeedbackRequest: {
            /** @enum {string} */
            verdict: "right" | "wrong";
            category?: ("종이" | "종이팩" | "무색페트병" | "플라스틱류" | "비닐류" | "발포합성수지" | "유리병" | "금속류" | "의류및원단" | "전지" | "조명제품" | "전기전자제품" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물") | null;
            note?: string | null;
        };
        /**
         * @example {
         *       "job_id": "019bd000-0000-7000-8000-000000000001",
         *       "status": "cancelling"
         *     }
         */
        ScanCancelled: {
            /** Format: uuid */
            job_id: string;
            /** @constant */
            status: "cancelling";
        };
        /**
         * @example {
         *       "job_id": "019bd000-0000-7000-8000-000000000001",
         *       "seq": 10,
         *       "ts": 1767225600000,
         *       "progress": 0,
         *       "stage": "vision",
         *       "status": "started",
         *       "result": null
         *     }
         */
        ScanStageStarted: {
            /** Format: uuid */
            job_id: string;
            /** @description Rises with every event of a job */
            seq: number;
            /** @description Milliseconds since the Unix epoch */
            ts: number;
            /** @description Percent */
            progress: number;
            /** @enum {string} */
            stage: "queued" | "vision" | "answer";
            /** @constant */
            status: "started";
            result: null;
        };
        ScanVisionCompleted: {
            /** Format: uuid */
            job_id: string;
            /** @description Rises with every event of a job */
            seq: number;
            /** @description Milliseconds since the Unix epoch */
            ts: number;
            /** @description Percent */
            progress: number;
            /** @constant */
            stage: "vision";
            /** @constant */
            status: "completed";
            result: {
                classification: components["schemas"]["Classification"];
                model: string;
            };
        };
        ScanRuleCompleted: {
            /** Format: uuid */
            job_id: string;
            /** @description Rises with every event of a job */
            seq: number;
            /** @description Milliseconds since the Unix epoch */
            ts: number;
            /** @description Percent */
            progress: number;
            /** @constant */
            stage: "rule";
            /** @constant */
            status: "completed";
            result: {
                /** @description `key` of the regulation; null where nothing is known of such a thing */
                regulation: string | null;
            };
        };
        ScanAnswerCompleted: {
            /** Format: uuid */
            job_id: string;
            /** @description Rises with every event of a job */
            seq: number;
            /** @description Milliseconds since the Unix epoch */
            ts: number;
            /** @description Percent */
            progress: number;
            /** @constant */
            stage: "answer";
            /** @constant */
            status: "completed";
            /** @description Null where the answer was made before a worker was restarted */
            result: {
                model: string;
            } | null;
        };
        ScanRewardCompleted: {
            /** Format: uuid */
            job_id: string;
            /** @description Rises with every event of a job */
            seq: number;
            /** @description Milliseconds since the Unix epoch */
            ts: number;
            /** @description Percent */
            progress: number;
            /** @constant */
            stage: "reward";
            /** @constant */
            status: "completed";
            result: {
                received: boolean;
                character_code: string;
                name: string;
            } | null;
        };
        ScanStageFailed: {
            /** Format: uuid */
            job_id: string;
            /** @description Rises with every event of a job */
            seq: number;
            /** @description Milliseconds since the Unix epoch */
            ts: number;
            /** @description Percent */
            progress: number;
            /** @enum {string} */
            stage: "queued" | "vision" | "rule" | "answer" | "reward";
            /** @constant */
            status: "failed";
            result: components["schemas"]["ScanError"];
        };
        /**
         * @example {
         *       "job_id": "019bd000-0000-7000-8000-000000000001",
         *       "seq": 51,
         *       "ts": 1767225600000,
         *       "progress": 100,
         *       "stage": "done",
         *       "status": "completed",
         *       "result": null
         *     }
         */
        ScanDone: {
            /** Format: uuid */
            job_id: string;
            /** @description Rises with every event of a job */
            seq: number;
            /** @description Milliseconds since the Unix epoch */
            ts: number;
            /** @description Percent */
            progress: number;
            /** @constant */
            stage: "done";
            /** @constant */
            status: "completed";
            result: null;
        };
        /**
         * @description Comes as `event: failed`. Whoever listens by name listens to it as well as to `done`
         * @example {
         *       "job_id": "019bd000-0000-7000-8000-000000000001",
         *       "seq": 52,
         *       "ts": 1767225600000,
         *       "progress": 100,
         *       "stage": "done",
         *       "status": "failed",
         *       "result": {
         *         "code": "MODEL_TIMEOUT",
         *         "message": "분석이 제때 끝나지 않았어요."
         *       }
         *     }
         */
        ScanFailed: {
            /** Format: uuid */
            job_id: string;
            /** @description Rises with every event of a job */
            seq: number;
            /** @description Milliseconds since the Unix epoch */
            ts: number;
            /** @description Percent */
            progress: number;
            /** @constant */
            stage: "done";
            /** @constant */
            status: "failed";
            result: components["schemas"]["ScanError"];
        };
        ScanStreamEvent: components["schemas"]["ScanStageStarted"] | components["schemas"]["ScanVisionCompleted"] | components["schemas"]["ScanRuleCompleted"] | components["schemas"]["ScanAnswerCompleted"] | components["schemas"]["ScanRewardCompleted"] | components["schemas"]["ScanStageFailed"] | components["schemas"]["ScanDone"] | components["schemas"]["ScanFailed"];
        ChatStep: {
            /** Format: uuid */
            job_id: string;
            /** @description Rises with every event of a job */
            seq: number;
            /** @description Milliseconds since the Unix epoch */
            ts: number;
            /** @description Percent */
            progress: number;
            /** @enum {string} */
            stage: "queued" | "intent" | "vision" | "tools" | "answer";
            /** @enum {string} */
            status: "started" | "completed";
            result: null;
        };
        /**
         * @description Of `token`, the next piece of the text; of `snapshot`, all of it in place of what came before
         * @example {
         *       "job_id": "019bd000-0000-7000-8000-000000000001",
         *       "seq": 100012,
         *       "text": "라벨은 "
         *     }
         */
        ChatText: {
            /** Format: uuid */
            job_id: string;
            /** @description Rises with every event of a job */
            seq: number;
            text: string;
        };
        /** @description Of `needs_input`: `POST /chat/jobs/{job_id}/input` answers it */
        ChatQuestion: {
            /** Format: uuid */
            job_id: string;
            /** @description Rises with every event of a job */
            seq: number;
            /** @enum {string} */
            type: "location" | "confirmation";
            /** @description Milliseconds since the Unix epoch, when the answer goes on without */
            until: number;
        };
        ChatDone: {
            /** Format: uuid */
            job_id: string;
            /** @description Rises with every event of a job */
            seq: number;
            /** @description Milliseconds since the Unix epoch */
            ts: number;
            /** @description Percent */
            progress: number;
            /** @constant */
            stage: "done";
            /** @constant */
            status: "completed";
            result: {
                message_id: string;
                intents: string[];
                sources: {
                    [key: string]: unknown;
                }[];
                title: string | null;
            };
        };
        /** @description Comes as `event: failed`; a stopped answer has the code `CANCELLED` */
        ChatFailed: {
            /** Format: uuid */
            job_id: string;
            /** @description Rises with every event of a job */
            seq: number;
            /** @description Milliseconds since the Unix epoch */
            ts: number;
            /** @description Percent */
            progress: number;
            /** @constant */
            stage: "done";
            /** @constant */
            status: "failed";
            result: {
                code: string;
                message: string;
                message_id: string;
            };
        };
        ChatStreamEvent: components["schemas"]["ChatStep"] | components["schemas"]["ChatText"] | components["schemas"]["ChatQuestion"] | components["schemas"]["ChatDone"] | components["schemas"]["ChatFailed"];
        Conversation: {
            /** Format: uuid */
            id: string;
            title: string | null;
            preview: string;
            message_count: number;
            last_message_at: string;
            created_at: string;
        };
        OpenChatRequest: {
            title?: string | null;
        };
        ConversationPage: {
            chats: components["schemas"]["Conversation"][];
            next_cursor: string | null;
        };
        /**
         * @example {
         *       "job_id": "019bd000-0000-7000-8000-000000000001",
         *       "chat_id": "019bd000-0000-7000-8000-0000000000c1",
         *       "message_id": "019bd000-0000-7000-8000-0000000000d1",
         *       "stream_url": "/api/v1/chat/019bd000-0000-7000-8000-000000000001/events",
         *       "status": "queued"
         *     }
         */
        MessageAccepted: {
            /** Format: uuid */
            job_id: string;
            /** Format: uuid */
            chat_id: string;
            /** Format: uuid */
            message_id: string;
            stream_url: string;
            /** @constant */
            status: "queued";
        };
        /**
         * @example {
         *       "latitude": 37.5663,
         *       "longitude": 126.9779
         *     }
         */
        Location: {
            latitude: number;
            longitude: number;
        };
        /**
         * @example {
         *       "message": "투명 페트병 라벨 떼야 하나요?"
         *     }
         */
        SendMessageRequest: {
            message: string;
            image_url?: string | null;
            user_location?: components["schemas"]["Location"] | null;
            model?: string | null;
        };
        ChatJobAccepted: {
            /** Format: uuid */
            job_id: string;
            /** @enum {string} */
            status: "cancelling" | "accepted";
        };
        ChatInput: {
            /** @constant */
            type: "location";
            data: components["schemas"]["Location"];
        } | {
            /** @constant */
            type: "confirmation";
            /** @default true */
            data: boolean | null;
        } | {
            /** @constant */
            type: "cancel";
            data?: unknown;
        };
        MessageSource: {
            type: string;
            id: string;
            title: string;
            url: string | null;
        };
        Message: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            role: "user" | "assistant";
            content: string;
            image_url: string | null;
            intents: string[];
            sources: components["schemas"]["MessageSource"][];
            /** @enum {string} */
            status: "queued" | "completed" | "failed" | "cancelled";
            created_at: string;
        };
        MessagePage: {
            /** Format: uuid */
            id: string;
            title: string | null;
            messages: components["schemas"]["Message"][];
            has_more: boolean;
            next_cursor: string | null;
        };
        RenameChatRequest: {
            title: string;
        };
        /**
         * @example {
         *       "id": "019bd000-0000-7000-8000-00000000000a",
         *       "nickname": "걷는 사람",
         *       "email": null,
         *       "created_at": "2026-01-01T00:00:00.000Z"
         *     }
         */
        Account: {
            id: string;
            nickname: string | null;
            email: string | null;
            created_at: string;
        };
        /**
         * @example {
         *       "nickname": "걷는 사람"
         *     }
         */
        AccountPatch: {
            nickname?: string | null;
        };
        /**
         * @example {
         *       "characters": [
         *         {
         *           "code": "char-eco",
         *           "name": "이코",
         *           "dialog": "안녕! 나는 이코야.",
         *           "material": null,
         *           "image_url": "/api/v1/character/images/char-eco.svg",
         *           "acquired_at": "2026-01-01T00:00:00.000Z"
         *         }
         *       ]
         *     }
         */
        Collection: {
            characters: {
                code: string;
                name: string;
                dialog: string;
                material: string | null;
                image_url: string;
                acquired_at: string;
            }[];
        };
        /**
         * @example {
         *       "owned": true,
         *       "acquired_at": "2026-01-01T00:00:00.000Z"
         *     }
         */
        Ownership: {
            owned: boolean;
            acquired_at: string | null;
        };
        Character: {
            code: string;
            name: string;
            match_label: string | null;
            dialog: string;
            is_default: boolean;
            image_url: string;
        };
        Catalog: {
            characters: components["schemas"]["Character"][];
        };
        NewCharacter: {
            code: string;
            name: string;
            /** @default null */
            match_label: ("종이" | "종이팩" | "무색페트병" | "플라스틱류" | "비닐류" | "발포합성수지" | "유리병" | "금속류" | "의류및원단" | "전지" | "조명제품" | "전기전자제품") | null;
            dialog: string;
            /** @default false */
            is_default: boolean | null;
        };
        CharacterPatch: {
            name?: string | null;
            match_label?: ("종이" | "종이팩" | "무색페트병" | "플라스틱류" | "비닐류" | "발포합성수지" | "유리병" | "금속류" | "의류및원단" | "전지" | "조명제품" | "전기전자제품") | null;
            dialog?: string | null;
            is_default?: boolean | null;
        };
        /**
         * @example {
         *       "providers": [
         *         "google",
         *         "kakao"
         *       ]
         *     }
         */
        Providers: {
            providers: string[];
        };
        /**
         * @example {
         *       "expires_in": 10800
         *     }
         */
        Refreshed: {
            expires_in: number;
        };
        KeySet: {
            keys: {
                /** @constant */
                kty: "RSA";
                kid: string;
                /** @constant */
                alg: "RS256";
                /** @constant */
                use: "sig";
                n: string;
                e: string;
            }[];
        };
        Cluster: {
            latitude: number;
            longitude: number;
            count: number;
        };
        CentersOnMap: {
            centers: components["schemas"]["Center"][];
            clusters: components["schemas"]["Cluster"][];
        };
        Centers: {
            centers: components["schemas"]["Center"][];
        };
        SystemStatus: {
            /** Format: date-time */
            at: string;
            queues: {
                /** @enum {string} */
                task: "scan.vision" | "scan.rule" | "scan.answer" | "scan.reward" | "character.match" | "character.save_ownership" | "users.save_character" | "chat.process";
                ready: number;
                unacked: number | null;
                consumers: number;
                dead: number;
                archived: number;
            }[] | null;
            retries: {
                queue: string;
                messages: number;
            }[] | null;
            figures: {
                per_minute: {
                    submitted: number;
                    refused: number;
                    completed: number;
                    failed: number;
                    retried: number;
                    dead_lettered: number;
                };
                latencies: {
                    /** @enum {string} */
                    what: "end" | "wait" | "task" | "model" | "stream";
                    of: string;
                    count: number;
                    p50_ms: number | null;
                    p95_ms: number | null;
                }[];
                models: {
                    model: string;
                    calls_per_min: number;
                    failed_per_min: number;
                    not_permitted_per_min: number;
                    tokens_per_min: number;
                    cost_per_min: number;
                    cost: number;
                    /** @enum {string} */
                    breaker: "closed" | "half-open" | "open";
                    permits: number;
                    in_flight: number;
                    waiting: number;
                    calls_per_s_max: number;
                }[];
                vision: {
                    called: number;
                    cached: number;
                    shared: number;
                };
                sse_clients: number;
                processes: {
                    process: string;
                    version: string;
                    /** Format: date-time */
                    started_at: string;
                }[];
            } | null;
        };
        JobTimeline: {
            /** Format: uuid */
            job_id: string;
            /** @enum {string} */
            status: "running" | "completed" | "failed";
            /** Format: date-time */
            submitted_at: string;
            finished_at: string | null;
            model: string | null;
            steps: {
                redrive: number;
                /** @enum {string} */
                stage: "queued" | "vision" | "rule" | "answer" | "reward" | "done";
                /** @enum {string} */
                status: "started" | "completed" | "failed";
                from_ms: number;
                waited_ms: number;
                ran_ms: number | null;
                code: string | null;
            }[];
        };
        DeadLetterCounts: {
            queues: {
                /** @enum {string} */
                task: "scan.vision" | "scan.rule" | "scan.answer" | "scan.reward" | "character.match" | "character.save_ownership" | "users.save_character" | "chat.process";
                dead: number;
                archived: number;
                dead_for_ms: number | null;
                archived_for_ms: number | null;
            }[];
        };
        DeadLetters: {
            queue: string;
            dead_letters: {
                job_id: string | null;
                trace_id: string;
                code: string | null;
                attempts: number;
                redrive: number;
                reason: string | null;
                died_at: string | null;
                outputs: string[];
            }[];
        };
        RedriveResult: {
            dry_run: boolean;
            queue: string;
            messages: {
                job_id: string | null;
                to: string;
            }[];
            calls: {
                vision: number;
                answer: number;
            };
            spared: number;
            refused: {
                job_id: string | null;
                reason: string;
            }[];
            counts: {
                [key: string]: number;
            } | null;
        };
        /**
         * @example {
         *       "id": "019bd000-0000-7000-8000-000000000002",
         *       "url": "https://hooks.example.com/eco2",
         *       "events": [
         *         "scan.completed",
         *         "scan.failed"
         *       ],
         *       "status": "enabled",
         *       "disabled_reason": null,
         *       "failing_since": null,
         *       "last_failure": null,
         *       "last_status": null,
         *       "previous_secret_until": null,
         *       "created_at": "2026-03-01T09:00:00.000Z",
         *       "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
         *     }
         */
        WebhookWithSecret: {
            /** Format: uuid */
            id: string;
            url: string;
            events: ("scan.completed" | "scan.failed")[];
            /** @enum {string} */
            status: "enabled" | "disabled";
            disabled_reason: ("owner" | "failing" | "gone") | null;
            failing_since: string | null;
            last_failure: ("status" | "redirect" | "timeout" | "unreachable" | "private") | null;
            last_status: number | null;
            previous_secret_until: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description `whsec_` and the key in base64. It is shown this once */
            secret: string;
        };
        /**
         * @example {
         *       "url": "https://hooks.example.com/eco2",
         *       "events": [
         *         "scan.completed",
         *         "scan.failed"
         *       ]
         *     }
         */
        WebhookRequest: {
            /** @description https, on the public internet */
            url: string;
            events?: ("scan.completed" | "scan.failed")[] | null;
        };
        /**
         * @example {
         *       "id": "019bd000-0000-7000-8000-000000000002",
         *       "url": "https://hooks.example.com/eco2",
         *       "events": [
         *         "scan.completed",
         *         "scan.failed"
         *       ],
         *       "status": "enabled",
         *       "disabled_reason": null,
         *       "failing_since": null,
         *       "last_failure": null,
         *       "last_status": null,
         *       "previous_secret_until": null,
         *       "created_at": "2026-03-01T09:00:00.000Z"
         *     }
         */
        Webhook: {
            /** Format: uuid */
            id: string;
            url: string;
            events: ("scan.completed" | "scan.failed")[];
            /** @enum {string} */
            status: "enabled" | "disabled";
            disabled_reason: ("owner" | "failing" | "gone") | null;
            failing_since: string | null;
            last_failure: ("status" | "redirect" | "timeout" | "unreachable" | "private") | null;
            last_status: number | null;
            previous_secret_until: string | null;
            /** Format: date-time */
            created_at: string;
        };
        WebhookList: {
            items: components["schemas"]["Webhook"][];
        };
        /**
         * @example {
         *       "enabled": true
         *     }
         */
        WebhookChange: {
            url?: string | null;
            events?: ("scan.completed" | "scan.failed")[] | null;
            enabled?: boolean | null;
        };
        /**
         * @example {
         *       "id": "42",
         *       "event_id": "scan_019bd000-0000-7000-8000-000000000001_0",
         *       "type": "scan.completed",
         *       "status": "delivered",
         *       "attempts": 1,
         *       "last_failure": null,
         *       "last_status": 204,
         *       "occurred_at": "2026-03-01T09:00:00.000Z",
         *       "last_attempt_at": "2026-03-01T09:00:01.000Z",
         *       "next_attempt_at": null
         *     }
         */
        WebhookDelivery: {
            id: string;
            event_id: string;
            /** @enum {string} */
            type: "scan.completed" | "scan.failed" | "webhook.ping";
            /** @enum {string} */
            status: "pending" | "delivered" | "failed";
            attempts: number;
            last_failure: ("status" | "redirect" | "timeout" | "unreachable" | "private") | null;
            last_status: number | null;
            /** Format: date-time */
            occurred_at: string;
            last_attempt_at: string | null;
            next_attempt_at: string | null;
        };
        WebhookDeliveryPage: {
            items: components["schemas"]["WebhookDelivery"][];
            next_cursor: string | null;
        };
        /**
         * @example {
         *       "type": "scan.completed",
         *       "timestamp": "2026-03-01T09:00:00.000Z",
         *       "data": {
         *         "job_id": "019bd000-0000-7000-8000-000000000001",
         *         "status": "completed",
         *         "result_url": "/api/v1/scan/result/019bd000-0000-7000-8000-000000000001",
         *         "major_category": "재활용폐기물",
         *         "middle_category": "유리병",
         *         "minor_category": "와인병",
         *         "error": null
         *       }
         *     }
         */
        WebhookEvent: {
            /** @enum {string} */
            type: "scan.completed" | "scan.failed" | "webhook.ping";
            /** Format: date-time */
            timestamp: string;
            data: {
                /** Format: uuid */
                job_id: string;
                /** @enum {string} */
                status: "completed" | "failed";
                result_url: string;
                major_category: string | null;
                middle_category: string | null;
                minor_category: string | null;
                error: {
                    code: string;
                    message: string;
                } | null;
            } | Record<string, unknown>;
        };
    };
    responses: never;
    parameters: {
        /**
         * @description Makes a retry safe: for 24 hours the same key gets its user the first answer. `Idempotency-Key` does too
         * @example 0b6e4f0a-6a4e-4d0e-9a40-6f2f4b7d9c11
         */
        "X-Idempotency-Key": string;
        /**
         * @description `id` of the newest event that was seen: the stream goes on behind it
         * @example 31
         */
        "Last-Event-ID": string;
        /** @description The `ETag` of what is at hand */
        "If-None-Match": string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description Id of the request's trace, by which an operator finds it in the logs
         * @example 4bf92f3577b34da6a3ce929d0e0e4736
         */
        "X-Request-Id": string;
        /**
         * @description Seconds after which the same request may succeed
         * @example 2
         */
        "Retry-After": number;
        /**
         * @description What is left of each quota (`r`), and in how many seconds it is whole again (`t`); none where there is no limit
         * @example "submits";r=59;t=30
         */
        RateLimit: string;
        /**
         * @description Each quota (`q`) and its window in seconds (`w`)
         * @example "submits";q=60;w=60
         */
        "RateLimit-Policy": string;
        /** @description `true` where this is the answer to an earlier request with the same key */
        "Idempotency-Replayed": string;
        /**
         * @description `Bearer`
         * @example Bearer
         */
        "WWW-Authenticate": string;
        /**
         * @description Names these bytes
         * @example "5d41402abc4b"
         */
        ETag: string;
        /** @description Where to go next */
        Location: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    createUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UploadRequest"];
            };
        };
        responses: {
            /** @description PUT the photo to upload_url */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadOffer"];
                };
            };
            /** @description MALFORMED_JSON, VALIDATION_FAILED, UPLOAD_UNDECLARED */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_CHANNEL_UNKNOWN */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE, IMAGE_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, IMAGE_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_EMPTY */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_UPLOADS */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirmUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmUploadRequest"];
            };
        };
        responses: {
            /** @description The photo is usable */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfirmedUpload"];
                };
            };
            /** @description MALFORMED_JSON, VALIDATION_FAILED */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_CHANNEL_UNKNOWN, UPLOAD_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE, IMAGE_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, IMAGE_TYPE_UNSUPPORTED, IMAGE_HEIF_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_EMPTY, IMAGE_TOO_MANY_PIXELS, IMAGE_CORRUPT */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    uploadPhoto: {
        parameters: {
            query?: {
                expires?: string;
                type?: string;
                size?: string;
                signature?: string;
            };
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stored */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description UPLOAD_SIGNATURE_INVALID, UPLOAD_NOT_AS_DECLARED */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_ENCODING_UNSUPPORTED, IMAGE_TYPE_UNSUPPORTED, IMAGE_HEIF_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_EMPTY, IMAGE_TOO_MANY_PIXELS, IMAGE_CORRUPT */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readPhoto: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The photo */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "image/*": string;
                };
            };
            /** @description UPLOAD_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listScans: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: string;
                status?: "completed" | "failed";
                /** @description A major category, or the middle one of a recyclable */
                category?: "종이" | "종이팩" | "무색페트병" | "플라스틱류" | "비닐류" | "발포합성수지" | "유리병" | "금속류" | "의류및원단" | "전지" | "조명제품" | "전기전자제품" | "재활용폐기물" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물" | "미분류";
                /** @description Submitted then or later, as ISO 8601 with a time zone */
                from?: string;
                /** @description Submitted earlier, as ISO 8601 with a time zone */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanPage"];
                };
            };
            /** @description VALIDATION_FAILED, INVALID_CURSOR */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submitScan: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes a retry safe: for 24 hours the same key gets its user the first answer. `Idempotency-Key` does too
                 * @example 0b6e4f0a-6a4e-4d0e-9a40-6f2f4b7d9c11
                 */
                "X-Idempotency-Key"?: components["parameters"]["X-Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScanRequest"];
            };
        };
        responses: {
            /** @description Accepted; follow stream_url */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanAccepted"];
                };
            };
            /** @description MALFORMED_JSON, VALIDATION_FAILED, IMAGE_URL_REQUIRED, IMAGE_URL_INVALID, IMAGE_HOST_NOT_ALLOWED, IMAGE_ADDRESS_PRIVATE, UNSUPPORTED_MODEL, USER_INPUT_TOO_LONG, IDEMPOTENCY_KEY_INVALID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IDEMPOTENCY_IN_FLIGHT */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_TOO_LARGE, BODY_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, IMAGE_TYPE_UNSUPPORTED, IMAGE_HEIF_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_REDIRECTED, IMAGE_NOT_FOUND, IMAGE_EMPTY, IMAGE_TOO_MANY_PIXELS, IMAGE_CORRUPT, IDEMPOTENCY_MISMATCH */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED, TOO_MANY_SCANS_IN_FLIGHT */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OVERLOADED, UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SUBMIT_UNCONFIRMED */
            504: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCategories: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Categories */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Categories"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readResult: {
        parameters: {
            query?: {
                lat?: string;
                lon?: string;
            };
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Finished: completed, or failed with an error */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanResult"];
                };
            };
            /** @description Not finished; Retry-After says when to ask again */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanProgress"];
                };
            };
            /** @description INVALID_JOB_ID, COORDINATES_INVALID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readScanResult: {
        parameters: {
            query?: {
                lat?: string;
                lon?: string;
            };
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Finished: completed, or failed with an error */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanResult"];
                };
            };
            /** @description Not finished; Retry-After says when to ask again */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanProgress"];
                };
            };
            /** @description INVALID_JOB_ID, COORDINATES_INVALID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    giveFeedback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FeedbackRequest"];
            };
        };
        responses: {
            /** @description Kept in place of an earlier one */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feedback"];
                };
            };
            /** @description Kept */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feedback"];
                };
            };
            /** @description INVALID_JOB_ID, MALFORMED_JSON, VALIDATION_FAILED, FEEDBACK_CATEGORY_UNKNOWN, FEEDBACK_NOTE_TOO_LONG */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCAN_NOT_COMPLETED */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OVERLOADED, UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelScan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Cancelled; the end comes as an event within a second */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanCancelled"];
                };
            };
            /** @description INVALID_JOB_ID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCAN_FINISHED */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    followScanByQuery: {
        parameters: {
            query: {
                job_id: string;
                last_event_id?: string;
            };
            header?: {
                /**
                 * @description `id` of the newest event that was seen: the stream goes on behind it
                 * @example 31
                 */
                "Last-Event-ID"?: components["parameters"]["Last-Event-ID"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events: `id` is the seq, `event` the stage, or `failed` for `done` that failed; `data` as JSON. It ends after `done` or `failed` */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ScanStreamEvent"];
                };
            };
            /** @description Everything was sent already: do not reconnect */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description INVALID_JOB_ID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_STREAMS */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OVERLOADED, UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    followScan: {
        parameters: {
            query?: {
                last_event_id?: string;
            };
            header?: {
                /**
                 * @description `id` of the newest event that was seen: the stream goes on behind it
                 * @example 31
                 */
                "Last-Event-ID"?: components["parameters"]["Last-Event-ID"];
            };
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events: `id` is the seq, `event` the stage, or `failed` for `done` that failed; `data` as JSON. It ends after `done` or `failed` */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ScanStreamEvent"];
                };
            };
            /** @description Everything was sent already: do not reconnect */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description INVALID_JOB_ID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_STREAMS */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OVERLOADED, UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    followAnswerByQuery: {
        parameters: {
            query: {
                job_id: string;
                last_event_id?: string;
            };
            header?: {
                /**
                 * @description `id` of the newest event that was seen: the stream goes on behind it
                 * @example 31
                 */
                "Last-Event-ID"?: components["parameters"]["Last-Event-ID"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events: `id` is the seq, `event` the stage, or `failed` for `done` that failed, or `token`, `snapshot`, `needs_input`; `data` as JSON. It ends after `done` or `failed` */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ChatStreamEvent"];
                };
            };
            /** @description Everything was sent already: do not reconnect */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description INVALID_JOB_ID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_STREAMS */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OVERLOADED, UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    followAnswer: {
        parameters: {
            query?: {
                last_event_id?: string;
            };
            header?: {
                /**
                 * @description `id` of the newest event that was seen: the stream goes on behind it
                 * @example 31
                 */
                "Last-Event-ID"?: components["parameters"]["Last-Event-ID"];
            };
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events: `id` is the seq, `event` the stage, or `failed` for `done` that failed, or `token`, `snapshot`, `needs_input`; `data` as JSON. It ends after `done` or `failed` */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ChatStreamEvent"];
                };
            };
            /** @description Everything was sent already: do not reconnect */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description INVALID_JOB_ID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_STREAMS */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OVERLOADED, UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listChats: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationPage"];
                };
            };
            /** @description VALIDATION_FAILED, INVALID_CURSOR */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openChat: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OpenChatRequest"];
            };
        };
        responses: {
            /** @description The conversation */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description VALIDATION_FAILED, MALFORMED_JSON, CHAT_TITLE_INVALID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sendFirstMessage: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes a retry safe: for 24 hours the same key gets its user the first answer. `Idempotency-Key` does too
                 * @example 0b6e4f0a-6a4e-4d0e-9a40-6f2f4b7d9c11
                 */
                "X-Idempotency-Key"?: components["parameters"]["X-Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendMessageRequest"];
            };
        };
        responses: {
            /** @description Accepted; follow stream_url */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageAccepted"];
                };
            };
            /** @description VALIDATION_FAILED, MALFORMED_JSON, CHAT_MESSAGE_INVALID, CHAT_LOCATION_INVALID, IMAGE_URL_INVALID, IMAGE_HOST_NOT_ALLOWED, IMAGE_ADDRESS_PRIVATE, UNSUPPORTED_MODEL, IDEMPOTENCY_KEY_INVALID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHAT_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IDEMPOTENCY_IN_FLIGHT */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE, IMAGE_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, IMAGE_TYPE_UNSUPPORTED, IMAGE_HEIF_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_REDIRECTED, IMAGE_NOT_FOUND, IMAGE_EMPTY, IMAGE_TOO_MANY_PIXELS, IMAGE_CORRUPT, IDEMPOTENCY_MISMATCH */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED, TOO_MANY_CHATS_IN_FLIGHT */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE, OVERLOADED */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SUBMIT_UNCONFIRMED */
            504: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes a retry safe: for 24 hours the same key gets its user the first answer. `Idempotency-Key` does too
                 * @example 0b6e4f0a-6a4e-4d0e-9a40-6f2f4b7d9c11
                 */
                "X-Idempotency-Key"?: components["parameters"]["X-Idempotency-Key"];
            };
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendMessageRequest"];
            };
        };
        responses: {
            /** @description Accepted; follow stream_url */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageAccepted"];
                };
            };
            /** @description VALIDATION_FAILED, MALFORMED_JSON, CHAT_MESSAGE_INVALID, CHAT_LOCATION_INVALID, IMAGE_URL_INVALID, IMAGE_HOST_NOT_ALLOWED, IMAGE_ADDRESS_PRIVATE, UNSUPPORTED_MODEL, IDEMPOTENCY_KEY_INVALID, INVALID_CHAT_ID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHAT_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IDEMPOTENCY_IN_FLIGHT */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE, IMAGE_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, IMAGE_TYPE_UNSUPPORTED, IMAGE_HEIF_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_REDIRECTED, IMAGE_NOT_FOUND, IMAGE_EMPTY, IMAGE_TOO_MANY_PIXELS, IMAGE_CORRUPT, IDEMPOTENCY_MISMATCH */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED, TOO_MANY_CHATS_IN_FLIGHT */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE, OVERLOADED */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SUBMIT_UNCONFIRMED */
            504: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelAnswer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stopped */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatJobAccepted"];
                };
            };
            /** @description VALIDATION_FAILED, INVALID_JOB_ID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHAT_FINISHED */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    giveChatInput: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChatInput"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatJobAccepted"];
                };
            };
            /** @description VALIDATION_FAILED, INVALID_JOB_ID, MALFORMED_JSON, CHAT_INPUT_INVALID, CHAT_LOCATION_INVALID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHAT_FINISHED */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readChat: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: string;
            };
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            /** @description VALIDATION_FAILED, INVALID_CHAT_ID, INVALID_CURSOR */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHAT_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description VALIDATION_FAILED, INVALID_CHAT_ID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHAT_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renameChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenameChatRequest"];
            };
        };
        responses: {
            /** @description The conversation */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description VALIDATION_FAILED, INVALID_CHAT_ID, MALFORMED_JSON, CHAT_TITLE_INVALID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHAT_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountPatch"];
            };
        };
        responses: {
            /** @description The account as it is now */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description MALFORMED_JSON, VALIDATION_FAILED, NICKNAME_INVALID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listOwnedCharacters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The collection */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collection"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readOwnership: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Owned or not, and since when */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ownership"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHARACTER_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readCatalog: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what is at hand */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The catalogue, by code */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Catalog"];
                };
            };
            /** @description As the ETag in If-None-Match */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    addCharacter: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCharacter"];
            };
        };
        responses: {
            /** @description Added; every process knows it within seconds */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Character"];
                };
            };
            /** @description VALIDATION_FAILED, MALFORMED_JSON */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FORBIDDEN */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHARACTER_EXISTS, CHARACTER_NAME_TAKEN, MATCH_LABEL_TAKEN, DEFAULT_CHARACTER_FIXED */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readDrawing: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what is at hand */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An SVG */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
                };
            };
            /** @description As the ETag in If-None-Match */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description CHARACTER_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteCharacter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description VALIDATION_FAILED */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FORBIDDEN */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHARACTER_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description DEFAULT_CHARACTER_FIXED, CHARACTER_OWNED */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeCharacter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CharacterPatch"];
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Character"];
                };
            };
            /** @description VALIDATION_FAILED, MALFORMED_JSON */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FORBIDDEN */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHARACTER_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHARACTER_NAME_TAKEN, MATCH_LABEL_TAKEN, DEFAULT_CHARACTER_FIXED */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProviders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Names for `{provider}` */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Providers"];
                };
            };
        };
    };
    beginSignIn: {
        parameters: {
            query?: {
                redirect?: string;
                login_hint?: string;
            };
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the provider; `redirect` is where it ends */
            302: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description REDIRECT_NOT_ALLOWED, VALIDATION_FAILED */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description PROVIDER_UNKNOWN */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_SIGN_INS */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description PROVIDER_UNAVAILABLE, UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finishSignIn: {
        parameters: {
            query?: {
                state?: string;
                code?: string;
                error?: string;
            };
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Back to `redirect`: signed in by cookies, or with `?error=<code>`. Whatever has no `redirect` is a small page for a client that accepts HTML */
            302: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description SIGN_IN_STATE_INVALID, REDIRECT_NOT_ALLOWED, VALIDATION_FAILED */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description PROVIDER_UNKNOWN */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_SIGN_INS */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refreshSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed in anew by cookies, for so many seconds */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refreshed"];
                };
            };
            /** @description UNAUTHENTICATED, REFRESH_TOKEN_REUSED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CSRF_REFUSED */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out, if anybody was */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description CSRF_REFUSED */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description JSON Web Key Set */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeySet"];
                };
            };
        };
    };
    findCenters: {
        parameters: {
            query: {
                lat: string;
                lon: string;
                /** @description Metres */
                radius?: string;
                limit?: string;
                /** @description Level of a Kakao map: 1 is the closest. With it, places that would lie on one another come as one cluster */
                zoom?: string;
                /** @description One of them, or several separated by commas: refill_zero, cafe_bakery, vegan_dining, upcycle_recycle, book_workshop, market_mart, lodging, public_dropbox, general */
                store_category?: ("refill_zero" | "cafe_bakery" | "vegan_dining" | "upcycle_recycle" | "book_workshop" | "market_mart" | "lodging" | "public_dropbox" | "general")[];
                /** @description One of them, or several separated by commas: clear_pet, colored_pet, can, paper, plastic, glass, textile, electronics, general */
                pickup_category?: ("clear_pet" | "colored_pet" | "can" | "paper" | "plastic" | "glass" | "textile" | "electronics" | "general")[];
                open_now?: "true" | "false" | "1" | "0";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Places, and clusters of them */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CentersOnMap"];
                };
            };
            /** @description COORDINATES_INVALID, RADIUS_INVALID, LIMIT_INVALID, ZOOM_INVALID, STORE_CATEGORY_UNKNOWN, PICKUP_CATEGORY_UNKNOWN, OPEN_NOW_INVALID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    searchCenters: {
        parameters: {
            query: {
                q: string;
                lat?: string;
                lon?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 30 places at most */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Centers"];
                };
            };
            /** @description SEARCH_TEXT_INVALID, COORDINATES_INVALID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    suggestCenters: {
        parameters: {
            query: {
                q: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 10 places at most */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Centers"];
                };
            };
            /** @description SEARCH_TEXT_INVALID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readCenter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The place */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Center"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CENTER_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readSystem: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is now */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemStatus"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FORBIDDEN */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    followSystem: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `event: status` every two seconds, `data` as JSON; it ends after some minutes: connect again */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["SystemStatus"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FORBIDDEN */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_STREAMS */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OVERLOADED */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readTimeline: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its steps in order */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobTimeline"];
                };
            };
            /** @description INVALID_JOB_ID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FORBIDDEN */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    countDeadLetters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many, and for how long */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterCounts"];
                };
            };
            /** @description VALIDATION_FAILED */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FORBIDDEN */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    showDeadLetters: {
        parameters: {
            query?: {
                limit?: string;
            };
            header?: never;
            path: {
                queue: "dlq.scan.vision" | "archive.scan.vision" | "dlq.scan.rule" | "archive.scan.rule" | "dlq.scan.answer" | "archive.scan.answer" | "dlq.scan.reward" | "archive.scan.reward" | "dlq.character.match" | "archive.character.match" | "dlq.character.save_ownership" | "archive.character.save_ownership" | "dlq.users.save_character" | "archive.users.save_character" | "dlq.chat.process" | "archive.chat.process";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The oldest first */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetters"];
                };
            };
            /** @description VALIDATION_FAILED */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FORBIDDEN */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redriveDeadLetters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                queue: "dlq.scan.vision" | "archive.scan.vision" | "dlq.scan.rule" | "archive.scan.rule" | "dlq.scan.answer" | "archive.scan.answer" | "dlq.scan.reward" | "archive.scan.reward" | "dlq.character.match" | "archive.character.match" | "dlq.character.save_ownership" | "archive.character.save_ownership" | "dlq.users.save_character" | "archive.users.save_character" | "dlq.chat.process" | "archive.chat.process";
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    dry_run: boolean;
                    limit?: number | null;
                    from_stage?: ("vision" | "rule" | "answer" | "reward") | null;
                };
            };
        };
        responses: {
            /** @description What it costs, and what was done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedriveResult"];
                };
            };
            /** @description VALIDATION_FAILED, MALFORMED_JSON */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FORBIDDEN */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Webhooks */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookList"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookRequest"];
            };
        };
        responses: {
            /** @description Made; the secret is not shown again */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            /** @description MALFORMED_JSON, VALIDATION_FAILED, WEBHOOK_EVENTS_INVALID, WEBHOOK_URL_INVALID, WEBHOOK_ADDRESS_PRIVATE */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_WEBHOOKS */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description INVALID_WEBHOOK_ID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description WEBHOOK_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description INVALID_WEBHOOK_ID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description WEBHOOK_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookChange"];
            };
        };
        responses: {
            /** @description The webhook */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description INVALID_WEBHOOK_ID, MALFORMED_JSON, VALIDATION_FAILED, WEBHOOK_EVENTS_INVALID, WEBHOOK_URL_INVALID, WEBHOOK_ADDRESS_PRIVATE */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description WEBHOOK_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new secret, which is not shown again */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            /** @description INVALID_WEBHOOK_ID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description WEBHOOK_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pingWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Queued */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description INVALID_WEBHOOK_ID */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description WEBHOOK_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description WEBHOOK_DISABLED */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: string;
                status?: "pending" | "delivered" | "failed";
            };
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryPage"];
                };
            };
            /** @description INVALID_WEBHOOK_ID, VALIDATION_FAILED, INVALID_CURSOR */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description WEBHOOK_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayWebhookDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Queued */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description INVALID_WEBHOOK_ID, VALIDATION_FAILED */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description WEBHOOK_NOT_FOUND, WEBHOOK_DELIVERY_NOT_FOUND */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description WEBHOOK_DISABLED */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    receiveWebhook: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Of the event: the same whenever it is sent again
                 * @example scan_019bd000-0000-7000-8000-000000000001_0
                 */
                "webhook-id": string;
                /**
                 * @description Of the attempt, in seconds; refuse what is old
                 * @example 1772355601
                 */
                "webhook-timestamp": string;
                /**
                 * @description `v1,` and HMAC-SHA256 of `id.timestamp.body` in base64; after a rotation two, with a space between
                 * @example v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=
                 */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookEvent"];
            };
        };
        responses: {
            /** @description Do not come again: the webhook is disabled */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received; anything else, and 10 s without an answer, is tried again */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
