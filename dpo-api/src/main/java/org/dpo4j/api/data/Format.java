package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import java.util.List;

/** How a published data set or an annotation tool writes what was preferred or demonstrated. */
sealed interface Format
    permits Argilla1,
        Argilla2,
        Axolotl,
        Conversations,
        Demonstrated,
        Explicit,
        HelpSteer2,
        HelpSteer3,
        Implicit,
        LabelStudio,
        LlamaFactory,
        Mapped,
        Nectar,
        OpenAi,
        Pku,
        Prodigy,
        RatedRows,
        RatedSummaries,
        ScoredLists,
        Shp,
        SummaryComparisons,
        Swift,
        ThumbLabels,
        UltraFeedback {

  /**
   * The formats in the order they are tried: those with unmistakable names before those whose names
   * others have too.
   */
  ImmutableList<Format> ALL =
      ImmutableList.of(
          new OpenAi(),
          new LabelStudio(),
          new Prodigy(),
          new SummaryComparisons(),
          new RatedSummaries(),
          new Argilla2(),
          new Argilla1(),
          new Nectar(),
          new UltraFeedback(),
          new ScoredLists(),
          new Shp(),
          new HelpSteer3(),
          new HelpSteer2(),
          new Pku(),
          new LlamaFactory(),
          new Explicit(),
          new Axolotl(),
          new Implicit(),
          new Swift(),
          new ThumbLabels(),
          new RatedRows(),
          new Conversations(),
          new Demonstrated());

  /** Names it in the summary. */
  String title();

  /** What it holds. */
  Judgement.Kind kind();

  /** Whether a record has this format's fields. */
  boolean matches(Fields record);

  /**
   * What a record says. The same each time.
   *
   * @throws SkippedException if it makes no judgement
   */
  List<? extends Judgement> read(Fields record) throws SkippedException;
}
