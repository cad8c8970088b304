import { releaseLife } from "../../helm/support/release-life.ts";

releaseLife("helm4");
