-- Trusted: the right to create in the database, which the schemas need as well, is enough.
CREATE EXTENSION IF NOT EXISTS cube;--> statement-breakpoint
CREATE SCHEMA "location";
--> statement-breakpoint
CREATE TABLE "location"."centers" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "location"."centers_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source" text NOT NULL,
	"source_pk" text NOT NULL,
	"name" text NOT NULL,
	"road_address" text,
	"phone" text,
	"place_url" text,
	"latitude" double precision NOT NULL,
	"longitude" double precision NOT NULL,
	"point" "cube" NOT NULL,
	"store_category" text NOT NULL,
	"pickup_categories" text[] NOT NULL,
	"hours" text,
	"opening" "int4multirange",
	"search_key" text collate "C" NOT NULL,
	"search_bigrams" text[] NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "centers_source_pk" UNIQUE("source","source_pk")
);
--> statement-breakpoint
CREATE INDEX "centers_search_key" ON "location"."centers" USING btree ("search_key");--> statement-breakpoint
CREATE INDEX "centers_search_bigrams" ON "location"."centers" USING gin ("search_bigrams");--> statement-breakpoint
CREATE INDEX "centers_point" ON "location"."centers" USING gist ("point");--> statement-breakpoint
CREATE INDEX "centers_point_refill_zero" ON "location"."centers" USING gist ("point") WHERE store_category = 'refill_zero';--> statement-breakpoint
CREATE INDEX "centers_point_cafe_bakery" ON "location"."centers" USING gist ("point") WHERE store_category = 'cafe_bakery';--> statement-breakpoint
CREATE INDEX "centers_point_vegan_dining" ON "location"."centers" USING gist ("point") WHERE store_category = 'vegan_dining';--> statement-breakpoint
CREATE INDEX "centers_point_upcycle_recycle" ON "location"."centers" USING gist ("point") WHERE store_category = 'upcycle_recycle';--> statement-breakpoint
CREATE INDEX "centers_point_book_workshop" ON "location"."centers" USING gist ("point") WHERE store_category = 'book_workshop';--> statement-breakpoint
CREATE INDEX "centers_point_market_mart" ON "location"."centers" USING gist ("point") WHERE store_category = 'market_mart';--> statement-breakpoint
CREATE INDEX "centers_point_lodging" ON "location"."centers" USING gist ("point") WHERE store_category = 'lodging';--> statement-breakpoint
CREATE INDEX "centers_point_public_dropbox" ON "location"."centers" USING gist ("point") WHERE store_category = 'public_dropbox';--> statement-breakpoint
CREATE INDEX "centers_point_general" ON "location"."centers" USING gist ("point") WHERE store_category = 'general';--> statement-breakpoint
CREATE INDEX "centers_point_takes_clear_pet" ON "location"."centers" USING gist ("point") WHERE pickup_categories @> '{clear_pet}';--> statement-breakpoint
CREATE INDEX "centers_point_takes_colored_pet" ON "location"."centers" USING gist ("point") WHERE pickup_categories @> '{colored_pet}';--> statement-breakpoint
CREATE INDEX "centers_point_takes_can" ON "location"."centers" USING gist ("point") WHERE pickup_categories @> '{can}';--> statement-breakpoint
CREATE INDEX "centers_point_takes_paper" ON "location"."centers" USING gist ("point") WHERE pickup_categories @> '{paper}';--> statement-breakpoint
CREATE INDEX "centers_point_takes_plastic" ON "location"."centers" USING gist ("point") WHERE pickup_categories @> '{plastic}';--> statement-breakpoint
CREATE INDEX "centers_point_takes_glass" ON "location"."centers" USING gist ("point") WHERE pickup_categories @> '{glass}';--> statement-breakpoint
CREATE INDEX "centers_point_takes_textile" ON "location"."centers" USING gist ("point") WHERE pickup_categories @> '{textile}';--> statement-breakpoint
CREATE INDEX "centers_point_takes_electronics" ON "location"."centers" USING gist ("point") WHERE pickup_categories @> '{electronics}';--> statement-breakpoint
CREATE INDEX "centers_point_takes_general" ON "location"."centers" USING gist ("point") WHERE pickup_categories @> '{general}';