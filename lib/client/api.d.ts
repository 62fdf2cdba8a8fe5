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
        post: operations["postApiV1ImagesByChannel"];
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
        post: operations["postApiV1ImagesByChannelCallback"];
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
        put: operations["putApiV1ImagesUploadByKey"];
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
        get: operations["getApiV1ImagesFilesByKey"];
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
        /** The caller's finished scans, newest first */
        get: operations["getApiV1Scan"];
        put?: never;
        /** Submit a photo; header X-Idempotency-Key (or Idempotency-Key) makes a retry safe */
        post: operations["postApiV1Scan"];
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
        get: operations["getApiV1ScanCategories"];
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
        get: operations["getApiV1ScanResultByJobId"];
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
        get: operations["getApiV1ScanByJobIdResult"];
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
        post: operations["postApiV1ScanByJobIdFeedback"];
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
        delete: operations["deleteApiV1ScanByJobId"];
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
        get: operations["getApiV1Stream"];
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
        get: operations["getApiV1ScanByJobIdEvents"];
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
        get: operations["getApiV1ChatStream"];
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
        get: operations["getApiV1ChatByJobIdEvents"];
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
        get: operations["getApiV1Chat"];
        put?: never;
        /** Open a conversation */
        post: operations["postApiV1Chat"];
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
        post: operations["postApiV1ChatMessages"];
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
        post: operations["postApiV1ChatByChatIdMessages"];
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
        delete: operations["deleteApiV1ChatJobsByJobId"];
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
        post: operations["postApiV1ChatJobsByJobIdInput"];
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
        get: operations["getApiV1ChatByChatId"];
        put?: never;
        post?: never;
        /** Delete a conversation */
        delete: operations["deleteApiV1ChatByChatId"];
        options?: never;
        head?: never;
        /** Rename a conversation */
        patch: operations["patchApiV1ChatByChatId"];
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
        get: operations["getApiV1UsersMe"];
        put?: never;
        post?: never;
        /** Delete the account and everything of its user, for good; may be repeated */
        delete: operations["deleteApiV1UsersMe"];
        options?: never;
        head?: never;
        /** Change the nickname; null clears it */
        patch: operations["patchApiV1UsersMe"];
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
        get: operations["getApiV1UsersMeCharacters"];
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
        get: operations["getApiV1UsersMeCharactersByNameOwnership"];
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
        get: operations["getApiV1CharacterCatalog"];
        put?: never;
        /** Add a character; administrators only */
        post: operations["postApiV1CharacterCatalog"];
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
        get: operations["getApiV1CharacterImagesByFile"];
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
        delete: operations["deleteApiV1CharacterCatalogByCode"];
        options?: never;
        head?: never;
        /** Change a character; what is left out stays; administrators only */
        patch: operations["patchApiV1CharacterCatalogByCode"];
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
        get: operations["getApiV1AuthProviders"];
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
        get: operations["getApiV1AuthByProviderAuthorize"];
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
        get: operations["getApiV1AuthByProviderCallback"];
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
        post: operations["postApiV1AuthRefresh"];
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
        post: operations["postApiV1AuthLogout"];
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
        get: operations["getApiV1AuthWellKnownJwksJson"];
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
        get: operations["getApiV1LocationsCenters"];
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
        get: operations["getApiV1LocationsSearch"];
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
        get: operations["getApiV1LocationsSuggest"];
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
        get: operations["getApiV1LocationsCentersById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @enum {string} */
        ErrorCode: "MALFORMED_JSON" | "VALIDATION_FAILED" | "IMAGE_URL_REQUIRED" | "IMAGE_URL_INVALID" | "IMAGE_HOST_NOT_ALLOWED" | "IMAGE_ADDRESS_PRIVATE" | "IMAGE_REDIRECTED" | "IMAGE_NOT_FOUND" | "IMAGE_EMPTY" | "IMAGE_TOO_LARGE" | "IMAGE_TYPE_UNSUPPORTED" | "IMAGE_HEIF_UNSUPPORTED" | "IMAGE_TOO_MANY_PIXELS" | "IMAGE_CORRUPT" | "IMAGE_UNREACHABLE" | "IMAGE_CHANNEL_UNKNOWN" | "UPLOAD_NOT_FOUND" | "UPLOAD_SIGNATURE_INVALID" | "UPLOAD_NOT_AS_DECLARED" | "UPLOAD_UNDECLARED" | "USER_INPUT_TOO_LONG" | "UNSUPPORTED_MODEL" | "INVALID_JOB_ID" | "INVALID_CURSOR" | "IDEMPOTENCY_KEY_INVALID" | "IDEMPOTENCY_IN_FLIGHT" | "IDEMPOTENCY_MISMATCH" | "BODY_TOO_LARGE" | "CONTENT_TYPE_UNSUPPORTED" | "CONTENT_ENCODING_UNSUPPORTED" | "CHARSET_UNSUPPORTED" | "RATE_LIMITED" | "TOO_MANY_SCANS_IN_FLIGHT" | "TOO_MANY_STREAMS" | "TOO_MANY_UPLOADS" | "OVERLOADED" | "UNAUTHENTICATED" | "TOKEN_INVALID" | "TOKEN_EXPIRED" | "TOKEN_ALGORITHM_REFUSED" | "TOKEN_KEY_UNKNOWN" | "TOKEN_ISSUER_WRONG" | "TOKEN_AUDIENCE_WRONG" | "TOKEN_REVOKED" | "REFRESH_TOKEN_REUSED" | "CSRF_REFUSED" | "PROVIDER_UNKNOWN" | "REDIRECT_NOT_ALLOWED" | "SIGN_IN_STATE_INVALID" | "SIGN_IN_BROWSER_CHANGED" | "SIGN_IN_DENIED" | "PROVIDER_REFUSED" | "PROVIDER_UNAVAILABLE" | "TOO_MANY_SIGN_INS" | "FORBIDDEN" | "ACCOUNT_DELETED" | "NICKNAME_INVALID" | "CHARACTER_NOT_FOUND" | "CHARACTER_EXISTS" | "CHARACTER_NAME_TAKEN" | "MATCH_LABEL_TAKEN" | "DEFAULT_CHARACTER_FIXED" | "CHARACTER_OWNED" | "COORDINATES_INVALID" | "RADIUS_INVALID" | "LIMIT_INVALID" | "ZOOM_INVALID" | "STORE_CATEGORY_UNKNOWN" | "PICKUP_CATEGORY_UNKNOWN" | "OPEN_NOW_INVALID" | "SEARCH_TEXT_INVALID" | "CENTER_NOT_FOUND" | "SCAN_FINISHED" | "SCAN_NOT_COMPLETED" | "FEEDBACK_CATEGORY_UNKNOWN" | "FEEDBACK_NOTE_TOO_LONG" | "CANCELLED" | "INVALID_CHAT_ID" | "CHAT_NOT_FOUND" | "CHAT_MESSAGE_INVALID" | "CHAT_TITLE_INVALID" | "CHAT_LOCATION_INVALID" | "CHAT_INPUT_INVALID" | "CHAT_FINISHED" | "JOB_NOT_FOUND" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "UNAVAILABLE" | "MODEL_RATE_LIMITED" | "MODEL_BUSY" | "MODEL_NOT_READY" | "MODEL_BREAKER_OPEN" | "MODEL_QUOTA_EXHAUSTED" | "MODEL_OVERLOADED" | "MODEL_UNAVAILABLE" | "MODEL_ACCESS_DENIED" | "MODEL_TIMEOUT" | "MODEL_REJECTED" | "MODEL_REFUSED" | "MODEL_TRUNCATED" | "MODEL_OUTPUT_INVALID" | "TASK_TIMEOUT" | "EXPIRED" | "MESSAGE_NEWER" | "MESSAGE_INVALID" | "INTERNAL";
        Problem: {
            type: string;
            title: string;
            status: number;
            code: components["schemas"]["ErrorCode"];
            detail: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    postApiV1ImagesByChannel: {
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
                "application/json": {
                    content_type?: string | null;
                    size?: number | null;
                };
            };
        };
        responses: {
            /** @description PUT the photo to upload_url */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        key: string;
                        upload_url: string;
                        cdn_url: string;
                        expires_in: number;
                        required_headers: {
                            [key: string]: string;
                        };
                    };
                };
            };
            /** @description MALFORMED_JSON, VALIDATION_FAILED, UPLOAD_UNDECLARED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_CHANNEL_UNKNOWN */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE, IMAGE_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, IMAGE_TYPE_UNSUPPORTED, IMAGE_HEIF_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_EMPTY */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_UPLOADS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postApiV1ImagesByChannelCallback: {
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
                "application/json": {
                    key: string;
                };
            };
        };
        responses: {
            /** @description The photo is usable */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        key: string;
                        cdn_url: string;
                        size: number;
                        content_type: string;
                        width: number;
                        height: number;
                    };
                };
            };
            /** @description MALFORMED_JSON, VALIDATION_FAILED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_CHANNEL_UNKNOWN, UPLOAD_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE, IMAGE_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, IMAGE_TYPE_UNSUPPORTED, IMAGE_HEIF_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_EMPTY, IMAGE_TOO_MANY_PIXELS, IMAGE_CORRUPT */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putApiV1ImagesUploadByKey: {
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
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description UPLOAD_SIGNATURE_INVALID, UPLOAD_NOT_AS_DECLARED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_ENCODING_UNSUPPORTED, IMAGE_TYPE_UNSUPPORTED, IMAGE_HEIF_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_EMPTY, IMAGE_TOO_MANY_PIXELS, IMAGE_CORRUPT */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1ImagesFilesByKey: {
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
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description UPLOAD_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1Scan: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            job_id: string;
                            /** @enum {string} */
                            status: "completed" | "failed";
                            image_url: string;
                            user_input: string;
                            major_category: ("재활용폐기물" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물" | "미분류") | null;
                            middle_category: string | null;
                            minor_category: string | null;
                            reward: {
                                received: boolean;
                                already_owned: boolean;
                                character_code: string;
                                name: string;
                                dialog: string;
                                match_reason: string;
                            } | null;
                            submitted_at: string;
                            finished_at: string;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description VALIDATION_FAILED, INVALID_CURSOR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postApiV1Scan: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Where the photo is: https and an allowed host */
                    image_url: string;
                    /** @default  */
                    user_input?: string | null;
                    model?: string | null;
                };
            };
        };
        responses: {
            /** @description Accepted; follow stream_url */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        job_id: string;
                        stream_url: string;
                        result_url: string;
                        /** @constant */
                        status: "queued";
                    };
                };
            };
            /** @description MALFORMED_JSON, VALIDATION_FAILED, IMAGE_URL_REQUIRED, IMAGE_URL_INVALID, IMAGE_HOST_NOT_ALLOWED, IMAGE_ADDRESS_PRIVATE, UNSUPPORTED_MODEL, USER_INPUT_TOO_LONG, IDEMPOTENCY_KEY_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IDEMPOTENCY_IN_FLIGHT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_TOO_LARGE, BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, IMAGE_TYPE_UNSUPPORTED, IMAGE_HEIF_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_REDIRECTED, IMAGE_NOT_FOUND, IMAGE_EMPTY, IMAGE_TOO_MANY_PIXELS, IMAGE_CORRUPT, IDEMPOTENCY_MISMATCH */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED, TOO_MANY_SCANS_IN_FLIGHT */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OVERLOADED, UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1ScanCategories: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        categories: {
                            name: string;
                            description: string | null;
                            items: string[];
                            middles: {
                                name: string;
                                description: string | null;
                                items: string[];
                            }[];
                        }[];
                    };
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1ScanResultByJobId: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        task_id: string;
                        /** @enum {string} */
                        status: "completed" | "failed";
                        message: string;
                        pipeline_result: {
                            classification_result: {
                                classification: {
                                    /** @enum {string} */
                                    major_category: "재활용폐기물" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물" | "미분류";
                                    /** @enum {string} */
                                    middle_category: "종이" | "종이팩" | "무색페트병" | "플라스틱류" | "비닐류" | "발포합성수지" | "유리병" | "금속류" | "의류및원단" | "전지" | "조명제품" | "전기전자제품" | "재활용폐기물" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물" | "미분류";
                                    minor_category: string | null;
                                };
                                situation_tags: ("내용물_있음" | "내용물_없음" | "내용물_일부_남음" | "오염_경미" | "오염_중간" | "오염_심함" | "음식물_오염" | "기름기_오염" | "세제_OR화학물질_오염" | "건조된_오염" | "음식물_잔여물_많음" | "세척_필요" | "세척_불가_구조" | "건조_필요" | "냄새_OR_부패_의심" | "비닐_라벨_부착" | "비닐_라벨_부분_제거됨" | "비닐_라벨_완전_제거됨" | "비닐_라벨_제거_필요" | "뚜껑_닫힘(플라스틱)" | "뚜껑_열림" | "뚜껑_분리_필요" | "펌프형_용기" | "부속품_있음" | "부속품_여럿_있음" | "부속품_분리_필요" | "이물질_부착" | "플라스틱_재질" | "유리_재질" | "금속_재질" | "종이_재질" | "비닐_OR필름_재질" | "발포수지_재질" | "목재_재질" | "고무_재질" | "복합재질_의심" | "복합재질_확정" | "혼합재질_고정형" | "깨짐" | "유리병_깨짐" | "파손" | "찌그러짐" | "찢어짐" | "변형됨" | "열변형_OR녹음" | "큰_스크래치_OR손상" | "구조적_변형" | "압착_필요" | "펼침_필요" | "접힘_OR팩구조" | "배달용기_특성" | "오염된_배달용기" | "기름기_심함" | "음식물과_섞임" | "스티로폼_부착물_있음" | "스티로폼_테이프_부착" | "스티로폼_부착물_제거_필요" | "위험물질_의심" | "유해화학제품_용기_의심" | "가스_용기_의심" | "가스_잔존_의심" | "가스제거_필요" | "배터리_포함" | "전원선_있음" | "전자부품_노출" | "발열_OR탄화_흔적" | "날카로운_모서리" | "형광등_OR조명기기" | "LED_모듈_있음" | "깨진_조명기기" | "세트_구성품" | "쌍제품_인식" | "세트_묶음_필요" | "다수_품목_혼합" | "대형_폐기물_의심" | "대형가전_의심" | "무상수거대상_전기전자제품" | "미분류_소분류" | "미분류_전체")[];
                                meta: {
                                    user_input: string;
                                    model: string;
                                    model_version?: string;
                                    items_version?: string;
                                    estimate: boolean;
                                    question?: string;
                                    /** @enum {string} */
                                    settled_by?: "dictionary" | "words";
                                };
                            };
                            disposal_rules: {
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
                            } | null;
                            final_answer: {
                                disposal_steps: {
                                    [key: string]: string;
                                };
                                insufficiencies: string[];
                                user_answer: string;
                            };
                        } | null;
                        reward: {
                            received: boolean;
                            already_owned: boolean;
                            character_code: string;
                            name: string;
                            dialog: string;
                            match_reason: string;
                        } | null;
                        error: {
                            code: string;
                            message: string;
                        } | null;
                        nearby?: {
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
                        }[] | null;
                    };
                };
            };
            /** @description Not finished; Retry-After says when to ask again */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "queued" | "processing";
                        /** @enum {string} */
                        current_stage: "queued" | "vision" | "rule" | "answer" | "reward" | "done";
                        progress: number;
                    };
                };
            };
            /** @description INVALID_JOB_ID, COORDINATES_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1ScanByJobIdResult: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        task_id: string;
                        /** @enum {string} */
                        status: "completed" | "failed";
                        message: string;
                        pipeline_result: {
                            classification_result: {
                                classification: {
                                    /** @enum {string} */
                                    major_category: "재활용폐기물" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물" | "미분류";
                                    /** @enum {string} */
                                    middle_category: "종이" | "종이팩" | "무색페트병" | "플라스틱류" | "비닐류" | "발포합성수지" | "유리병" | "금속류" | "의류및원단" | "전지" | "조명제품" | "전기전자제품" | "재활용폐기물" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물" | "미분류";
                                    minor_category: string | null;
                                };
                                situation_tags: ("내용물_있음" | "내용물_없음" | "내용물_일부_남음" | "오염_경미" | "오염_중간" | "오염_심함" | "음식물_오염" | "기름기_오염" | "세제_OR화학물질_오염" | "건조된_오염" | "음식물_잔여물_많음" | "세척_필요" | "세척_불가_구조" | "건조_필요" | "냄새_OR_부패_의심" | "비닐_라벨_부착" | "비닐_라벨_부분_제거됨" | "비닐_라벨_완전_제거됨" | "비닐_라벨_제거_필요" | "뚜껑_닫힘(플라스틱)" | "뚜껑_열림" | "뚜껑_분리_필요" | "펌프형_용기" | "부속품_있음" | "부속품_여럿_있음" | "부속품_분리_필요" | "이물질_부착" | "플라스틱_재질" | "유리_재질" | "금속_재질" | "종이_재질" | "비닐_OR필름_재질" | "발포수지_재질" | "목재_재질" | "고무_재질" | "복합재질_의심" | "복합재질_확정" | "혼합재질_고정형" | "깨짐" | "유리병_깨짐" | "파손" | "찌그러짐" | "찢어짐" | "변형됨" | "열변형_OR녹음" | "큰_스크래치_OR손상" | "구조적_변형" | "압착_필요" | "펼침_필요" | "접힘_OR팩구조" | "배달용기_특성" | "오염된_배달용기" | "기름기_심함" | "음식물과_섞임" | "스티로폼_부착물_있음" | "스티로폼_테이프_부착" | "스티로폼_부착물_제거_필요" | "위험물질_의심" | "유해화학제품_용기_의심" | "가스_용기_의심" | "가스_잔존_의심" | "가스제거_필요" | "배터리_포함" | "전원선_있음" | "전자부품_노출" | "발열_OR탄화_흔적" | "날카로운_모서리" | "형광등_OR조명기기" | "LED_모듈_있음" | "깨진_조명기기" | "세트_구성품" | "쌍제품_인식" | "세트_묶음_필요" | "다수_품목_혼합" | "대형_폐기물_의심" | "대형가전_의심" | "무상수거대상_전기전자제품" | "미분류_소분류" | "미분류_전체")[];
                                meta: {
                                    user_input: string;
                                    model: string;
                                    model_version?: string;
                                    items_version?: string;
                                    estimate: boolean;
                                    question?: string;
                                    /** @enum {string} */
                                    settled_by?: "dictionary" | "words";
                                };
                            };
                            disposal_rules: {
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
                            } | null;
                            final_answer: {
                                disposal_steps: {
                                    [key: string]: string;
                                };
                                insufficiencies: string[];
                                user_answer: string;
                            };
                        } | null;
                        reward: {
                            received: boolean;
                            already_owned: boolean;
                            character_code: string;
                            name: string;
                            dialog: string;
                            match_reason: string;
                        } | null;
                        error: {
                            code: string;
                            message: string;
                        } | null;
                        nearby?: {
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
                        }[] | null;
                    };
                };
            };
            /** @description Not finished; Retry-After says when to ask again */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "queued" | "processing";
                        /** @enum {string} */
                        current_stage: "queued" | "vision" | "rule" | "answer" | "reward" | "done";
                        progress: number;
                    };
                };
            };
            /** @description INVALID_JOB_ID, COORDINATES_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postApiV1ScanByJobIdFeedback: {
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
                "application/json": {
                    /** @enum {string} */
                    verdict: "right" | "wrong";
                    category?: ("종이" | "종이팩" | "무색페트병" | "플라스틱류" | "비닐류" | "발포합성수지" | "유리병" | "금속류" | "의류및원단" | "전지" | "조명제품" | "전기전자제품" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물") | null;
                    note?: string | null;
                };
            };
        };
        responses: {
            /** @description Kept in place of an earlier one */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        job_id: string;
                        /** @enum {string} */
                        verdict: "right" | "wrong";
                        category: ("종이" | "종이팩" | "무색페트병" | "플라스틱류" | "비닐류" | "발포합성수지" | "유리병" | "금속류" | "의류및원단" | "전지" | "조명제품" | "전기전자제품" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물") | null;
                        note: string | null;
                    };
                };
            };
            /** @description Kept */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        job_id: string;
                        /** @enum {string} */
                        verdict: "right" | "wrong";
                        category: ("종이" | "종이팩" | "무색페트병" | "플라스틱류" | "비닐류" | "발포합성수지" | "유리병" | "금속류" | "의류및원단" | "전지" | "조명제품" | "전기전자제품" | "일반종량제폐기물" | "불연성종량제폐기물" | "음식물류폐기물" | "대형폐기물" | "공사장생활폐기물" | "생활계유해폐기물") | null;
                        note: string | null;
                    };
                };
            };
            /** @description INVALID_JOB_ID, MALFORMED_JSON, VALIDATION_FAILED, FEEDBACK_CATEGORY_UNKNOWN, FEEDBACK_NOTE_TOO_LONG */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCAN_NOT_COMPLETED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OVERLOADED, UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteApiV1ScanByJobId: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        job_id: string;
                        /** @constant */
                        status: "cancelling";
                    };
                };
            };
            /** @description INVALID_JOB_ID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description SCAN_FINISHED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1Stream: {
        parameters: {
            query: {
                job_id: string;
                last_event_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events: `id` is the seq, `event` the stage, `data` the event as JSON */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        job_id: string;
                        /** @enum {string} */
                        stage: "queued" | "vision" | "rule" | "answer" | "reward" | "done";
                        /** @enum {string} */
                        status: "started" | "completed" | "failed";
                        seq: number;
                        ts: number;
                        progress: number;
                        result: {
                            [key: string]: unknown;
                        } | null;
                    };
                };
            };
            /** @description Everything was sent already: do not reconnect */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description INVALID_JOB_ID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_STREAMS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OVERLOADED, UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1ScanByJobIdEvents: {
        parameters: {
            query?: {
                last_event_id?: string;
            };
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events: `id` is the seq, `event` the stage, `data` the event as JSON */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        job_id: string;
                        /** @enum {string} */
                        stage: "queued" | "vision" | "rule" | "answer" | "reward" | "done";
                        /** @enum {string} */
                        status: "started" | "completed" | "failed";
                        seq: number;
                        ts: number;
                        progress: number;
                        result: {
                            [key: string]: unknown;
                        } | null;
                    };
                };
            };
            /** @description Everything was sent already: do not reconnect */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description INVALID_JOB_ID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_STREAMS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OVERLOADED, UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1ChatStream: {
        parameters: {
            query: {
                job_id: string;
                last_event_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stages as of a scan (`queued, intent, vision, tools, answer, done`, or `failed`), and between them `token` {job_id, seq, text}, `snapshot` {job_id, seq, text} which replaces all text before it, `needs_input` {job_id, seq, type, until} */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        job_id: string;
                        /** @enum {string} */
                        stage: "queued" | "intent" | "vision" | "tools" | "answer" | "done";
                        /** @enum {string} */
                        status: "started" | "completed" | "failed";
                        seq: number;
                        ts: number;
                        progress: number;
                        result: {
                            [key: string]: unknown;
                        } | null;
                    };
                };
            };
            /** @description Everything was sent already: do not reconnect */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description INVALID_JOB_ID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_STREAMS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OVERLOADED, UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1ChatByJobIdEvents: {
        parameters: {
            query?: {
                last_event_id?: string;
            };
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stages as of a scan (`queued, intent, vision, tools, answer, done`, or `failed`), and between them `token` {job_id, seq, text}, `snapshot` {job_id, seq, text} which replaces all text before it, `needs_input` {job_id, seq, type, until} */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        job_id: string;
                        /** @enum {string} */
                        stage: "queued" | "intent" | "vision" | "tools" | "answer" | "done";
                        /** @enum {string} */
                        status: "started" | "completed" | "failed";
                        seq: number;
                        ts: number;
                        progress: number;
                        result: {
                            [key: string]: unknown;
                        } | null;
                    };
                };
            };
            /** @description Everything was sent already: do not reconnect */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description INVALID_JOB_ID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_STREAMS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OVERLOADED, UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1Chat: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        chats: {
                            /** Format: uuid */
                            id: string;
                            title: string | null;
                            preview: string;
                            message_count: number;
                            last_message_at: string;
                            created_at: string;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description VALIDATION_FAILED, INVALID_CURSOR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postApiV1Chat: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    title?: string | null;
                };
            };
        };
        responses: {
            /** @description The conversation */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        title: string | null;
                        preview: string;
                        message_count: number;
                        last_message_at: string;
                        created_at: string;
                    };
                };
            };
            /** @description VALIDATION_FAILED, MALFORMED_JSON, CHAT_TITLE_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postApiV1ChatMessages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    message: string;
                    image_url?: string | null;
                    user_location?: {
                        latitude: number;
                        longitude: number;
                    } | null;
                    model?: string | null;
                };
            };
        };
        responses: {
            /** @description Accepted; follow stream_url */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
                };
            };
            /** @description VALIDATION_FAILED, MALFORMED_JSON, CHAT_MESSAGE_INVALID, CHAT_LOCATION_INVALID, IMAGE_URL_INVALID, IMAGE_HOST_NOT_ALLOWED, IMAGE_ADDRESS_PRIVATE, UNSUPPORTED_MODEL, IDEMPOTENCY_KEY_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHAT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IDEMPOTENCY_IN_FLIGHT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE, IMAGE_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, IMAGE_TYPE_UNSUPPORTED, IMAGE_HEIF_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_REDIRECTED, IMAGE_NOT_FOUND, IMAGE_EMPTY, IMAGE_TOO_MANY_PIXELS, IMAGE_CORRUPT, IDEMPOTENCY_MISMATCH */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE, OVERLOADED */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postApiV1ChatByChatIdMessages: {
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
                "application/json": {
                    message: string;
                    image_url?: string | null;
                    user_location?: {
                        latitude: number;
                        longitude: number;
                    } | null;
                    model?: string | null;
                };
            };
        };
        responses: {
            /** @description Accepted; follow stream_url */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
                };
            };
            /** @description VALIDATION_FAILED, MALFORMED_JSON, CHAT_MESSAGE_INVALID, CHAT_LOCATION_INVALID, IMAGE_URL_INVALID, IMAGE_HOST_NOT_ALLOWED, IMAGE_ADDRESS_PRIVATE, UNSUPPORTED_MODEL, IDEMPOTENCY_KEY_INVALID, INVALID_CHAT_ID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHAT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IDEMPOTENCY_IN_FLIGHT */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE, IMAGE_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, IMAGE_TYPE_UNSUPPORTED, IMAGE_HEIF_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description IMAGE_REDIRECTED, IMAGE_NOT_FOUND, IMAGE_EMPTY, IMAGE_TOO_MANY_PIXELS, IMAGE_CORRUPT, IDEMPOTENCY_MISMATCH */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE, OVERLOADED */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteApiV1ChatJobsByJobId: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        job_id: string;
                        /** @enum {string} */
                        status: "cancelling" | "accepted";
                    };
                };
            };
            /** @description VALIDATION_FAILED, INVALID_JOB_ID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHAT_FINISHED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postApiV1ChatJobsByJobIdInput: {
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
                "application/json": {
                    /** @constant */
                    type: "location";
                    data: {
                        latitude: number;
                        longitude: number;
                    };
                } | {
                    /** @constant */
                    type: "confirmation";
                    /** @default true */
                    data?: boolean | null;
                } | {
                    /** @constant */
                    type: "cancel";
                    data?: unknown;
                };
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        job_id: string;
                        /** @enum {string} */
                        status: "cancelling" | "accepted";
                    };
                };
            };
            /** @description VALIDATION_FAILED, INVALID_JOB_ID, MALFORMED_JSON, CHAT_INPUT_INVALID, CHAT_LOCATION_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JOB_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHAT_FINISHED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1ChatByChatId: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        title: string | null;
                        messages: {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            role: "user" | "assistant";
                            content: string;
                            image_url: string | null;
                            intents: string[];
                            sources: {
                                type: string;
                                id: string;
                                title: string;
                                url: string | null;
                            }[];
                            /** @enum {string} */
                            status: "queued" | "completed" | "failed" | "cancelled";
                            created_at: string;
                        }[];
                        has_more: boolean;
                        next_cursor: string | null;
                    };
                };
            };
            /** @description VALIDATION_FAILED, INVALID_CHAT_ID, INVALID_CURSOR */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHAT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteApiV1ChatByChatId: {
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
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description VALIDATION_FAILED, INVALID_CHAT_ID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHAT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchApiV1ChatByChatId: {
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
                "application/json": {
                    title: string;
                };
            };
        };
        responses: {
            /** @description The conversation */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        title: string | null;
                        preview: string;
                        message_count: number;
                        last_message_at: string;
                        created_at: string;
                    };
                };
            };
            /** @description VALIDATION_FAILED, INVALID_CHAT_ID, MALFORMED_JSON, CHAT_TITLE_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHAT_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1UsersMe: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        nickname: string | null;
                        email: string | null;
                        created_at: string;
                    };
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteApiV1UsersMe: {
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
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchApiV1UsersMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    nickname?: string | null;
                };
            };
        };
        responses: {
            /** @description The account as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        nickname: string | null;
                        email: string | null;
                        created_at: string;
                    };
                };
            };
            /** @description MALFORMED_JSON, VALIDATION_FAILED, NICKNAME_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1UsersMeCharacters: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        characters: {
                            code: string;
                            name: string;
                            dialog: string;
                            material: string | null;
                            image_url: string;
                            acquired_at: string;
                        }[];
                    };
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1UsersMeCharactersByNameOwnership: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        owned: boolean;
                        acquired_at: string | null;
                    };
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHARACTER_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description ACCOUNT_DELETED */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1CharacterCatalog: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The catalogue, by code */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        characters: {
                            code: string;
                            name: string;
                            match_label: string | null;
                            dialog: string;
                            is_default: boolean;
                            image_url: string;
                        }[];
                    };
                };
            };
            /** @description As the ETag in If-None-Match */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    postApiV1CharacterCatalog: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                    name: string;
                    /** @default null */
                    match_label?: ("종이" | "종이팩" | "무색페트병" | "플라스틱류" | "비닐류" | "발포합성수지" | "유리병" | "금속류" | "의류및원단" | "전지" | "조명제품" | "전기전자제품") | null;
                    dialog: string;
                    /** @default false */
                    is_default?: boolean | null;
                };
            };
        };
        responses: {
            /** @description Added; every process knows it within seconds */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        name: string;
                        match_label: string | null;
                        dialog: string;
                        is_default: boolean;
                        image_url: string;
                    };
                };
            };
            /** @description VALIDATION_FAILED, MALFORMED_JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHARACTER_EXISTS, CHARACTER_NAME_TAKEN, MATCH_LABEL_TAKEN, DEFAULT_CHARACTER_FIXED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1CharacterImagesByFile: {
        parameters: {
            query?: never;
            header?: never;
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
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
                };
            };
            /** @description As the ETag in If-None-Match */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description CHARACTER_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteApiV1CharacterCatalogByCode: {
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
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description VALIDATION_FAILED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHARACTER_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description DEFAULT_CHARACTER_FIXED, CHARACTER_OWNED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchApiV1CharacterCatalogByCode: {
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
                "application/json": {
                    name?: string | null;
                    match_label?: ("종이" | "종이팩" | "무색페트병" | "플라스틱류" | "비닐류" | "발포합성수지" | "유리병" | "금속류" | "의류및원단" | "전지" | "조명제품" | "전기전자제품") | null;
                    dialog?: string | null;
                    is_default?: boolean | null;
                };
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        name: string;
                        match_label: string | null;
                        dialog: string;
                        is_default: boolean;
                        image_url: string;
                    };
                };
            };
            /** @description VALIDATION_FAILED, MALFORMED_JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description FORBIDDEN */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHARACTER_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CHARACTER_NAME_TAKEN, MATCH_LABEL_TAKEN, DEFAULT_CHARACTER_FIXED */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description BODY_TOO_LARGE */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CONTENT_TYPE_UNSUPPORTED, CONTENT_ENCODING_UNSUPPORTED, CHARSET_UNSUPPORTED */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1AuthProviders: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        providers: string[];
                    };
                };
            };
        };
    };
    getApiV1AuthByProviderAuthorize: {
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
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description REDIRECT_NOT_ALLOWED, VALIDATION_FAILED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description PROVIDER_UNKNOWN */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_SIGN_INS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description PROVIDER_UNAVAILABLE, UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1AuthByProviderCallback: {
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
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description SIGN_IN_STATE_INVALID, REDIRECT_NOT_ALLOWED, VALIDATION_FAILED */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description PROVIDER_UNKNOWN */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description TOO_MANY_SIGN_INS */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postApiV1AuthRefresh: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        expires_in: number;
                    };
                };
            };
            /** @description UNAUTHENTICATED, REFRESH_TOKEN_REUSED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CSRF_REFUSED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description RATE_LIMITED */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postApiV1AuthLogout: {
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
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description CSRF_REFUSED */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1AuthWellKnownJwksJson: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: Record<string, unknown>[];
                    };
                };
            };
        };
    };
    getApiV1LocationsCenters: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        centers: {
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
                        }[];
                        clusters: {
                            latitude: number;
                            longitude: number;
                            count: number;
                        }[];
                    };
                };
            };
            /** @description COORDINATES_INVALID, RADIUS_INVALID, LIMIT_INVALID, ZOOM_INVALID, STORE_CATEGORY_UNKNOWN, PICKUP_CATEGORY_UNKNOWN, OPEN_NOW_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1LocationsSearch: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        centers: {
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
                        }[];
                    };
                };
            };
            /** @description SEARCH_TEXT_INVALID, COORDINATES_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1LocationsSuggest: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        centers: {
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
                        }[];
                    };
                };
            };
            /** @description SEARCH_TEXT_INVALID */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiV1LocationsCentersById: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
                };
            };
            /** @description UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_REVOKED, TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_ISSUER_WRONG, TOKEN_AUDIENCE_WRONG */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description CENTER_NOT_FOUND */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description UNAVAILABLE */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
