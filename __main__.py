"""The image gallery: settings, the gallery, exports."""

import pulumi

from image_gallery import ImageGallery, read_settings

# What the stack says, checked before anything is declared.
settings = read_settings("gallery")

# Photos in a bucket, an API that chooses one at random, a page and an embed that show it.
gallery = ImageGallery("gallery", settings)

pulumi.export("apiUrl", gallery.api_url)
pulumi.export("siteUrl", gallery.site_url)
pulumi.export("bucket", gallery.bucket)
pulumi.export("apiKey", gallery.api_key)
pulumi.export("photoCount", gallery.photo_count)
pulumi.export("dashboardUrl", gallery.dashboard_url)
pulumi.export("embed", gallery.embed)
pulumi.export("contentSecurityPolicy", gallery.content_security_policy)
if gallery.dns_record:
    pulumi.export("dnsRecord", gallery.dns_record)
