import { useState } from 'react'

interface ProductPictureProps {
  readonly imageUrl: string | null
  /** Empty where the name stands beside it anyway. */
  readonly alt?: string
  readonly eager?: boolean
}

/** A product seen through an arch. One without a picture, or with one that can't be loaded, is an empty niche. */
export function ProductPicture({ imageUrl, alt = '', eager = false }: ProductPictureProps) {
  const [failed, setFailed] = useState(false)
  return (
    <div className="arch">
      {imageUrl && !failed ? (
        <img
          className="arch__picture"
          src={imageUrl}
          alt={alt}
          width={400}
          height={480}
          loading={eager ? 'eager' : 'lazy'}
          decoding="async"
          onError={() => setFailed(true)}
        />
      ) : (
        <div className="arch__niche" />
      )}
    </div>
  )
}
