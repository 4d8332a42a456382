/**
 * Untrusted JSON files, read strictly: whole with {@link org.dpo4j.torch.internal.json.StrictJson},
 * large ones piece by piece with {@link org.dpo4j.torch.internal.json.JsonStream}.
 */
@NullMarked
package org.dpo4j.torch.internal.json;

import org.jspecify.annotations.NullMarked;
