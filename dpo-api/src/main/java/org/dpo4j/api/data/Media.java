package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import org.dpo4j.api.SkipReason;

/** Columns of what is no text. A text model must not learn answers to what it can't see. */
final class Media {

  static final ImmutableList<String> COLUMNS =
      ImmutableList.of("images", "image", "videos", "video", "audios", "audio");

  private Media() {}

  /**
   * Refuses what has any.
   *
   * @param what names it in the error; blank for a record
   */
  static void refuse(Fields fields, String what) throws SkippedException {
    ImmutableList<String> unread = fields.unread();
    for (String column : COLUMNS) {
      if (unread.contains(column)) {
        throw new SkippedException(
            SkipReason.UNSUPPORTED, (what.isEmpty() ? "" : what + " ") + "has " + column);
      }
    }
  }
}
